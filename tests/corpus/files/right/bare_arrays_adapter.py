import bare_arrays as mine

relu_forward = lambda x: (mine.relu(x), x)
relu_backward = lambda dout, x: mine.relu_grad(dout, x)

def max_pool_forward(x, p):
    k = p["pool_height"], p["pool_width"]
    y = mine.pool(x, k, p["stride"])
    return y, (x, y, k, p["stride"])
max_pool_backward = lambda dout, cache: mine.pool_grad(dout, *cache)
