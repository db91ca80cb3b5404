from nhwc_dw import ConvLayer
layer = "conv"

def forward(x, w, b, stride, pad):
    conv = ConvLayer(w.transpose(2, 3, 1, 0), b, stride, pad)
    return conv.call(x.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2), conv

def backward(dout, conv):
    dx, dk, db = conv.gradient(dout.transpose(0, 2, 3, 1))
    return dx.transpose(0, 3, 1, 2), dk.transpose(3, 2, 0, 1), db
