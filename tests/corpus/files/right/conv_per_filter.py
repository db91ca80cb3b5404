import numpy as np


def windows(img, size, step):
    '''yield (row, column, patch) for all the patches of a padded image'''
    rows, cols = size
    for r, top in enumerate(range(0, img.shape[1] - rows + 1, step)):
        for c, left in enumerate(range(0, img.shape[2] - cols + 1, step)):
            yield r, c, img[:, top:top + rows, left:left + cols]


def frame(img, margin):
    if margin == 0:
        return img
    framed = np.zeros((img.shape[0], img.shape[1] + 2 * margin, img.shape[2] + 2 * margin), img.dtype)
    framed[:, margin:-margin, margin:-margin] = img
    return framed


class Conv:
    def __init__(self, filters, biases, stride=1, padding=0):
        self.filters = filters
        self.biases = biases
        self.stride = stride
        self.padding = padding

    def forward(self, images):
        self.last_input = [frame(image, self.padding) for image in images]
        self.image_shape = images.shape[1:]
        size = self.filters.shape[2:]
        maps = []
        for image in self.last_input:
            for kernel, bias in zip(self.filters, self.biases):
                flat = [np.vdot(patch, kernel) + bias for _, _, patch in windows(image, size, self.stride)]
                maps.append(flat)
        rows = (self.last_input[0].shape[1] - size[0]) // self.stride + 1
        return np.array(maps, dtype=images.dtype).reshape(len(images), len(self.filters), rows, -1)

    def backward(self, d_L_d_out):
        size, step, m = self.filters.shape[2:], self.stride, self.padding
        self.d_filters = np.zeros(self.filters.shape, self.filters.dtype)
        self.d_biases = np.zeros(self.biases.shape, self.biases.dtype)
        d_images = []
        for image, d_maps in zip(self.last_input, d_L_d_out):
            d_image = np.zeros_like(image)
            for k, d_map in enumerate(d_maps):
                self.d_biases[k] += d_map.sum()
                for r, c, patch in windows(image, size, step):
                    self.d_filters[k] += d_map[r, c] * patch
                for r, c, d_patch in windows(d_image, size, step):
                    d_patch += d_map[r, c] * self.filters[k]
            d_images.append(d_image[:, m:m + self.image_shape[1], m:m + self.image_shape[2]])
        return np.stack(d_images)
