"""The words for multi-head self-attention in the code of other people: those of multi-head attention, and one x."""

from convcheck.layers.attention.words import IMPLIED, NO_DROPOUT, masks
from convcheck.layers.multi_head_attention.words import (
    BUILT_IN,
    HINTS,
    OF_HEADS,
    OPTIONAL,
    PACKED,
    SIZES,
    WEIGHT_WORDS,
    derived,
    forms_of,
)
from convcheck.layers.words import Words, X, words

WORDS = Words(
    names=words(
        "selfattention multiheadselfattention mhsa msa causalselfattention maskedselfattention selfattn"
        " multiheadcausalattention multiheadselfattn selfattentionlayer maskedmultiheadattention"
        " causalmultiheadattention maskedmultiheadselfattention singleheadselfattention multiheadedselfattention"
        " causalmultiheadselfattention selfattentionblock"
        " selfattentionhead gptattention gpt2attention bertselfattention transformerattention"
        " singleheadselfattentionlayer causalselfattn multiheadcausalselfattention"
    ),
    inputs={"x": X | words("xs hs seq sequence embeddings tokens h hiddenstates emb"), **WEIGHT_WORDS},
    sizes={key: known for key, known in SIZES.items() if key != "S"},
    settings=OF_HEADS,
    derived=derived,
    implied=IMPLIED,
    fixed=NO_DROPOUT,
    built_in=BUILT_IN,
    optional=OPTIONAL,
    forms=lambda sizes: forms_of(sizes, "x"),
    packed=PACKED,
    other_values=(masks("x"),),
    hints={
        "shapes": "x is (N, T, D), weights are (D, D), biases (D,), the mask (T, T); the features of each head are "
        "(N, H, T, D/H)",
        **HINTS,
    },
    told_from={"attention": "one input", "multi_head_attention": "one input"},
    example="self_attention_forward(x, wq, wk, wv, wo, heads, mask) and self_attention_backward(dout, cache)",
)
