"""The words for ReLU in the code of other people."""

from convcheck.layers.words import Words, X, words

WORDS = Words(
    names=words("relu rectifier rectify rectifiedlinear rectifiedlinearunit reluactivation activationrelu"),
    inputs={"x": X},
)
