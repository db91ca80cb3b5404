"""The same right convolution in other spellings: of sizes, of settings, of where weights and gradients are kept."""

SPELLINGS = {
    "words and pairs": """
class Conv2D:
    def __init__(self, filters, kernel_size, in_channels, strides=(1,1), padding='valid', activation=None):
        self.kernel=np.random.randn(filters, in_channels, *kernel_size)
        self.bias=np.zeros(filters)
        self.s=strides[0]
        self.pad = (kernel_size[0]-1)//2 if padding=='same' else 0
    def forward(self, x, training=False):
        self.x=x
        out,self.col=convolve(x,self.kernel,self.bias,self.s,self.pad)
        return out
    def backward(self, g):
        dx, self.dkernel, self.dbias = convolve_back(g,self.x,self.kernel,self.col,self.s,self.pad)
        return dx
""",
    "one dictionary in, one out": """
class Conv:
    def __init__(self, W, b, conv_param):
        self.w, self.b, self.p = W, b, conv_param
    def forward(self, x):
        out, col = convolve(x,self.w,self.b,self.p['stride'],self.p['pad'])
        self.cache=(x,col)
        return out
    def backward(self, dout):
        dx,dw,db=convolve_back(dout,self.cache[0],self.w,self.cache[1],self.p['stride'],self.p['pad'])
        return {'dx':dx,'dW':dw,'db':db}
""",
    "lists of both": """
class Convolution:
    def __init__(self, W, b, stride=1, pad=0):
        self.params=[W,b]
        self.grads=[np.zeros_like(W),np.zeros_like(b)]
        self.stride=stride
        self.pad=pad
    def forward(self, x):
        W,b=self.params
        self.x=x
        out,self.col=convolve(x,W,b,self.stride,self.pad)
        return out
    def backward(self, dout):
        W,b=self.params
        dx,dW,db=convolve_back(dout,self.x,W,self.col,self.stride,self.pad)
        self.grads[0][...]=dW
        self.grads[1][...]=db
        return dx
""",
    "dictionaries as holders": """
class Conv2D:
    def __init__(self, nb_filters, filter_size, nb_channels, stride=1, padding=0):
        self.n_F=nb_filters
        self.f=filter_size
        self.s=stride
        self.p=padding
        self.W={'val':np.random.randn(nb_filters,nb_channels,filter_size,filter_size),'grad':0}
        self.b={'val':np.zeros(nb_filters),'grad':0}
    def forward(self,X):
        self.X=X
        out,self.col=convolve(X,self.W['val'],self.b['val'],self.s,self.p)
        return out
    def backward(self,dout):
        dx,dw,db=convolve_back(dout,self.X,self.W['val'],self.col,self.s,self.p)
        self.W['grad']=dw
        self.b['grad']=db
        return dx, self.W['grad'], self.b['grad']
""",
    "single letters": """
class Conv:
    def __init__(self, num_filters, num_channels, f, s, p):
        self.filters=np.random.randn(num_filters,num_channels,f,f)
        self.bias=np.zeros((num_filters,1))
        self.s=s
        self.p=p
    def forward(self,a):
        self.a=a
        out,self.col=convolve(a,self.filters,self.bias,self.s,self.p)
        return out
    def backprop(self,d_L_d_out):
        dx,self.d_L_d_filters,db=convolve_back(d_L_d_out,self.a,self.filters,self.col,self.s,self.p)
        self.d_L_d_bias=db.reshape(-1,1)
        return dx
""",
    "made at the first call": """
class Conv2d:
    def __init__(self, out_channels, kernel_size, stride=1, padding=0):
        self.out_channels=out_channels
        self.k=kernel_size
        self.stride=stride
        self.padding=padding
        self.W=None
        self.b=None
    def forward(self,x):
        if self.W is None:
            self.W=np.random.randn(self.out_channels,x.shape[1],self.k,self.k)
            self.b=np.zeros(self.out_channels)
        self.x=x
        out,self.col=convolve(x,self.W,self.b,self.stride,self.padding)
        return out
    def backward(self,d):
        dx,self.dW,self.db=convolve_back(d,self.x,self.W,self.col,self.stride,self.padding)
        return dx
""",
    "F is how large": """
class Conv2d:
    def __init__(self, in_C, out_C, F, S=1, P=0):
        self.W=np.random.randn(out_C,in_C,F,F)
        self.b=np.zeros(out_C)
        self.S=S
        self.P=P
    def forward(self,x):
        self.x=x
        out,self.col=convolve(x,self.W,self.b,self.S,self.P)
        return out
    def backward(self,d):
        dx,self.dW,self.db=convolve_back(d,self.x,self.W,self.col,self.S,self.P)
        return dx
""",
    "pairs for all": """
class Conv2d:
    def __init__(self, in_channels, out_channels, kernel_size, stride, padding):
        self.W=np.random.randn(out_channels,in_channels,*kernel_size)
        self.b=np.zeros(out_channels)
        self.stride=stride
        self.padding=padding
    def forward(self,x):
        self.x=x
        out,self.col=convolve(x,self.W,self.b,self.stride[0],self.padding[1])
        return out
    def backward(self,d):
        dx,self.dW,self.db=convolve_back(d,self.x,self.W,self.col,self.stride[0],self.padding[1])
        return dx
""",
    "a pair beside numbers": """
class Conv2d:
    def __init__(self, in_channels, out_channels, kernel_size, stride, padding):
        self.W=np.random.randn(out_channels,in_channels,kernel_size,kernel_size)
        self.b=np.zeros(out_channels)
        self.s,_=stride
        self.p=padding
    def forward(self,x):
        self.x=x
        out,self.col=convolve(x,self.W,self.b,self.s,self.p)
        return out
    def backward(self,d):
        dx,self.dW,self.db=convolve_back(d,self.x,self.W,self.col,self.s,self.p)
        return dx
""",
    "the shape of all filters": """
class Conv2d:
    def __init__(self, image_shape, filter_shape, stride=1, pad=0):
        assert image_shape[1] == filter_shape[1]
        self.W=np.random.randn(*filter_shape)
        self.b=np.zeros(filter_shape[0])
        self.s=stride
        self.p=pad
    def forward(self,x):
        self.x=x
        out,self.col=convolve(x,self.W,self.b,self.s,self.p)
        return out
    def backward(self,d):
        dx,self.dW,self.db=convolve_back(d,self.x,self.W,self.col,self.s,self.p)
        return dx
""",
    "the shape of one filter": """
class Conv2d:
    def __init__(self, num_filters, filter_shape, stride=1, pad=0):
        self.W=np.random.randn(num_filters, *filter_shape)
        self.b=np.zeros(num_filters)
        self.s=stride
        self.p=pad
        self.rows,self.columns=filter_shape[1:]
    def forward(self,x):
        self.x=x
        out,self.col=convolve(x,self.W,self.b,self.s,self.p)
        return out
    def backward(self,d):
        dx,self.dW,self.db=convolve_back(d,self.x,self.W,self.col,self.s,self.p)
        return dx
""",
    "the shape of all filters by default": """
class Conv2d:
    def __init__(self, filter_shape=(8, 3, 3, 3), stride=1, pad=0):
        self.W=np.random.randn(*filter_shape)
        self.b=np.zeros(filter_shape[0])
        self.s=stride
        self.p=pad
    def forward(self,x):
        self.x=x
        out,self.col=convolve(x,self.W,self.b,self.s,self.p)
        return out
    def backward(self,d):
        dx,self.dW,self.db=convolve_back(d,self.x,self.W,self.col,self.s,self.p)
        return dx
""",
    "biases (F, 1, 1), made at the first call": """
class Conv2d:
    def __init__(self, out_channels, kernel_size, stride=1, padding=0):
        self.F=out_channels
        self.k=kernel_size
        self.stride=stride
        self.padding=padding
        self.W=self.b=None
    def make(self, channels):
        self.W=np.random.randn(self.F,channels,self.k,self.k)
        self.b=np.zeros((self.F,1,1))
        self.ready=True
    def forward(self,x):
        if self.W is None: self.make(x.shape[1])
        self.x=x
        out,self.col=convolve(x,self.W,np.zeros(self.F),self.stride,self.padding)
        return out+self.b
    def backward(self,d):
        dx,self.dW,self.db=convolve_back(d,self.x,self.W,self.col,self.stride,self.padding)
        self.db=self.db.reshape(self.b.shape)
        return dx
""",
    "biases (1, F, 1, 1), made at the first call": """
class Conv2d:
    def __init__(self, out_channels, kernel_size, stride=1, padding=0):
        self.F=out_channels
        self.k=kernel_size
        self.stride=stride
        self.padding=padding
        self.W=self.b=None
    def make(self, channels):
        self.W=np.random.randn(self.F,channels,self.k,self.k)
        self.b=np.zeros((1,self.F,1,1))
        self.ready=True
    def forward(self,x):
        if self.W is None: self.make(x.shape[1])
        self.x=x
        out,self.col=convolve(x,self.W,np.zeros(self.F),self.stride,self.padding)
        return out+self.b
    def backward(self,d):
        dx,self.dW,self.db=convolve_back(d,self.x,self.W,self.col,self.stride,self.padding)
        self.db=self.db.reshape(self.b.shape)
        return dx
""",
    "biases (F, 1), made at the first call": """
class Conv2d:
    def __init__(self, out_channels, kernel_size, stride=1, padding=0):
        self.F=out_channels
        self.k=kernel_size
        self.stride=stride
        self.padding=padding
        self.W=self.b=None
    def make(self, channels):
        self.W=np.random.randn(self.F,channels,self.k,self.k)
        self.b=np.zeros((self.F,1))
        self.ready=True
    def forward(self,x):
        if self.W is None: self.make(x.shape[1])
        self.x=x
        out,self.col=convolve(x,self.W,np.zeros(self.F),self.stride,self.padding)
        return out+self.b[:,:,None]
    def backward(self,d):
        dx,self.dW,self.db=convolve_back(d,self.x,self.W,self.col,self.stride,self.padding)
        self.db=self.db.reshape(self.b.shape)
        return dx
""",
    "a flag that they are made": """
class Conv2d:
    def __init__(self, out_channels, kernel_size, stride=1, padding=0):
        self.F=out_channels
        self.k=kernel_size
        self.stride=stride
        self.padding=padding
        self.ready=False
    def make(self, channels):
        self.W=np.random.randn(self.F,channels,self.k,self.k)
        self.b=np.zeros((self.F,1,1))
        self.ready=True
    def forward(self,x):
        if not self.ready: self.make(x.shape[1])
        self.x=x
        out,self.col=convolve(x,self.W,np.zeros(self.F),self.stride,self.padding)
        return out+self.b
    def backward(self,d):
        dx,self.dW,self.db=convolve_back(d,self.x,self.W,self.col,self.stride,self.padding)
        self.db=self.db.reshape(self.b.shape)
        return dx
""",
    "made by a method that is called before": """
class Conv2d:
    def __init__(self, out_channels, kernel_size, stride=1, padding=0):
        self.F=out_channels
        self.k=kernel_size
        self.stride=stride
        self.padding=padding
        self.W=self.b=None
    def init_params(self, channels):
        self.W=np.random.randn(self.F,channels,self.k,self.k)
        self.b=np.zeros((self.F,1,1))
        self.ready=True
    def forward(self,x):
        assert self.ready
        self.x=x
        out,self.col=convolve(x,self.W,np.zeros(self.F),self.stride,self.padding)
        return out+self.b
    def backward(self,d):
        dx,self.dW,self.db=convolve_back(d,self.x,self.W,self.col,self.stride,self.padding)
        self.db=self.db.reshape(self.b.shape)
        return dx
""",
    "channels before and after": """
class ConvLayer:
    def __init__(self, n_C_prev, n_C, f, stride=1, pad=0):
        self.params={'W':np.random.randn(n_C,n_C_prev,f,f),'b':np.zeros((n_C,1))}
        self.stride=stride
        self.pad=pad
    def forward(self,A_prev):
        self.A_prev=A_prev
        Z,self.col=convolve(A_prev,self.params['W'],self.params['b'],self.stride,self.pad)
        return Z
    def backward(self,dZ):
        dA,dW,db=convolve_back(dZ,self.A_prev,self.params['W'],self.col,self.stride,self.pad)
        self.grads={'dW':dW,'db':db.reshape(-1,1)}
        return dA
""",
    "a list beside dx": """
class Conv2D:
    def __init__(self, c_in, c_out, k, s=1, p=0):
        self.w=np.random.randn(c_out,c_in,k,k)
        self.b=np.zeros(c_out)
        self.s,self.p=s,p
    def forward(self,x):
        self.x=x
        out,self.col=convolve(x,self.w,self.b,self.s,self.p)
        return out
    def backward(self,d):
        dx,dw,db=convolve_back(d,self.x,self.w,self.col,self.s,self.p)
        return dx, [dw, db]
""",
    "a dictionary beside dx": """
class Conv2D:
    def __init__(self, c_in, c_out, k, s=1, p=0):
        self.w=np.random.randn(c_out,c_in,k,k)
        self.b=np.zeros(c_out)
        self.s,self.p=s,p
    def forward(self,x):
        self.x=x
        out,self.col=convolve(x,self.w,self.b,self.s,self.p)
        return out
    def backward(self,d):
        dx,dw,db=convolve_back(d,self.x,self.w,self.col,self.s,self.p)
        return dx, {'w': dw, 'b': db}
""",
}
