"""Where an instance keeps its arrays, and the gradients beside them."""

import numpy as np

from convcheck.implementations.classes.places import attributes, gradient_in, places, replace_everywhere, value_in


class Holder:
    def __init__(self, value):
        self.value, self.grad = value, np.zeros(3)


class Slotted:
    __slots__ = ("empty", "w")

    def __init__(self):
        self.w = np.ones(3)


class Layer:
    of_the_class = 1

    def __init__(self):
        self.w = np.ones(3)
        self.params = {"W": self.w, "other": 2, 3: self.w}
        self.held, self.every = Holder(self.w), [self.w, 0]


def found(instance, name):
    return [place.text for place in places(instance, {name}.__contains__, {"params"})]


def test_attributes_are_those_of_the_instance():
    assert set(attributes(Layer())) == {"w", "params", "held", "every"}
    assert set(attributes(Slotted())) == {"w"}


def test_an_array_lies_in_an_attribute_or_in_a_dictionary():
    assert found(Layer(), "w") == [".w", ".params['W']"]
    assert found(Layer(), "b") == []


def test_a_holder_has_a_value_and_its_gradient():
    layer = Layer()
    (place,) = places(layer, {"held"}.__contains__, ())
    assert value_in(place).text == ".held.value"
    assert gradient_in(place).value is layer.held.grad
    (bare,) = places(layer, {"w"}.__contains__, ())
    assert value_in(bare) is bare
    assert gradient_in(bare) is None


def test_what_is_put_somewhere_is_put_wherever_the_same_array_was():
    layer, new = Layer(), np.zeros(3)
    old = layer.w
    next(iter(places(layer, {"w"}.__contains__, ()))).put(new)
    replace_everywhere(layer, old, new)
    assert layer.params["W"] is layer.params[3] is layer.every[0] is layer.w is new
