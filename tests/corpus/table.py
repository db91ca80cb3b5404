"""What each file of the corpus is, how it is named on the command line, and what the report must say of it.

Every file is written for this test, in the style and with the mistakes of code that is out there. Files that are right
pass the whole suite; each of the others has one mistake, which passes the sizes that a notebook tries.
"""

from __future__ import annotations

from dataclasses import dataclass

CONV = ("conv",)
POOL = ("max_pool",)
RELU = ("relu",)
NORM = ("batchnorm",)
SPATIAL = ("spatial_batchnorm",)
AFFINE = ("affine",)
AVG = ("avg_pool",)
GAP = ("global_avg_pool",)
SOFTMAX = ("softmax_loss",)
SVM = ("svm_loss",)
DROPOUT = ("dropout",)
LAYERNORM = ("layernorm",)
GROUPNORM = ("groupnorm",)
INSTANCE = ("instance_norm",)
EMBEDDING = ("word_embedding",)
STEPS = ("temporal_affine",)
RMSNORM = ("rmsnorm",)
WORDS = ("temporal_softmax_loss",)
CELL = ("rnn_step",)
RNN = ("rnn",)
LSTM_CELL = ("lstm_step",)
GRU_CELL = ("gru_step",)
ATTENTION = ("attention",)
MULTI_HEAD = ("multi_head_attention",)
SELF_ATTENTION = ("self_attention",)
LSTM = ("lstm",)
ALL = CONV + POOL + RELU + NORM + SPATIAL


@dataclass(frozen=True)
class Row:
    """A file, and what is to be said of it.

    `impl`: as after --impl, from the folder `files`. `layers`: those that are found in it. `why`: what is wrong.

    `says`: what the report must name, tensors that are wrong and codes of findings; "a|b" is either. `may`: what it may
    name beside that, because it follows. Where both are empty every check passes and no tensor is wrong.
    `fails`: the layers that fail, all of them where it is empty. `spec`: the layer whose suite is given on the command
    line, for names that do not tell. `torch`: whether PyTorch is needed.
    """

    impl: str
    layers: tuple[str, ...]
    why: str = ""
    says: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    fails: tuple[str, ...] = ()
    spec: str = ""
    torch: bool = False


RIGHT = [
    Row("right/cs231n_2016.py", ALL),
    Row("right/cs231n_2019.py", ALL),
    Row("right/six_loops.py", CONV),
    Row("right/im2col_classes.py:Convolution", CONV),
    Row("right/im2col_classes.py:Pooling", POOL),
    Row("right/im2col_classes.py:Relu", RELU),
    Row("right/im2col_classes.py:BatchNormalization", NORM),
    Row("right/strides_einsum.py", CONV + POOL),
    Row("right/keywords.py:forward,backward", CONV, spec="conv"),
    Row("right/grads_dict.py:Conv", CONV),
    Row("right/sizes_in_constructor.py:Conv2D", CONV),
    Row("right/conv_pairs.py", CONV),
    Row("right/conv_filter_shape.py", CONV),
    Row("right/nhwc_adapter.py", CONV),
    Row("right/bare_arrays_adapter.py", POOL + RELU),
    Row("right/torch_function.py:MyConv2dFunction", CONV, spec="conv", torch=True),
    Row("right/torch_module.py:MyConv", CONV, spec="conv", torch=True),
    Row("right/torch_module.py:BatchNorm2d", SPATIAL, spec="spatial_batchnorm", torch=True),
    Row("right/conv_made_at_first_call.py", CONV),
    # Its indices are kept by all that they depend on.
    Row("right/conv_indices_remembered.py", CONV),
    Row("right/conv_course_steps.py", CONV),
    Row("right/conv_flat_buffers.py", CONV),
    Row("right/conv_vjp_closure.py", CONV),
    Row("right/conv_keras_like.py", CONV),
    Row("right/conv_transposed_backward.py", CONV),
    Row("right/conv_caffe_im2col.py", CONV),
    Row("right/conv_fast_strides.py", CONV),
    Row("right/conv_gather_scatter.py", CONV),
    Row("right/conv_per_filter.py", CONV),
    Row("right/conv_tensordot_offsets.py", CONV),
    Row("right/conv_dense_matrix.py", CONV),
    Row("right/conv_module_params.py", CONV),
    Row("right/own_autograd.py", CONV + RELU),
    # Its padding is its own, its stride 1 and its kernel square: what else there is cannot be asked of it.
    Row("right/conv_keeps_size.py", CONV, may=("refused",)),
    Row("right/torch_module_pairs.py", CONV + POOL, torch=True),
    # Its tests run forward and backward in turn, so that the graph is there once; test mode has no statistics.
    Row("right/torch_graph_kept.py", CONV + RELU + NORM, may=("refused",), torch=True),
    Row("right/torch_tensors.py:my_conv2d", CONV, spec="conv", torch=True),
    Row("right/torch_tensors.py:my_relu", RELU, spec="relu", torch=True),
    # Its eps cannot be set; what it does with its own is right.
    Row("right/bn_class_fixed_eps.py:BatchNormalization", NORM, may=("refused",)),
    Row("right/bn_functions_own_eps.py", NORM, may=("refused",)),
    # It adds nothing to the variance, and cannot be asked for a batch of one.
    Row("right/bn_without_eps.py", NORM, may=("refused",)),
    Row("right/spatial_own.py", SPATIAL),
    Row("right/bn_own.py", NORM),
    # Nothing in its name says that it is one of images.
    Row("right/bn_images.py", SPATIAL),
    Row("right/package/nets/layers.py", CONV),
    # A warning: the gradients of train mode are right, and nobody trains in test mode, which has the same formula.
    Row("right/bn_test_train_formula.py", NORM, may=("train-formula",)),
    # A warning: the gradients are right, and dout is not what it was.
    Row("right/relu_inplace_dout.py", RELU, may=("input-overwritten",)),
    # Told apart from what is wrong: what they refuse, and what is not written yet.
    Row("right/conv_must_tile.py", CONV, may=("refused",)),
    Row("right/pool_tiles_only.py", POOL, may=("refused",)),
    Row("right/half_written.py", CONV + POOL + RELU + NORM, may=("not-written",)),
    Row("right/pool_flat_index.py", POOL),
    Row("right/pool_running_max.py", POOL),
    Row("right/pool_im2col_indices.py", POOL),
    Row("right/pool_mask_helper.py", POOL),
    Row("right/pool_sliding_view.py", POOL),
    Row("right/pool_keras_like.py", POOL),
    Row("right/relu_activation_base.py:ReLU", RELU),
    Row("right/relu_flat_loop.py", RELU),
    Row("right/bn_nine_nodes.py", NORM),
    Row("right/bn_moving_class.py", NORM),
    Row("right/bn_loops.py", NORM),
    Row("right/bn_jacobian.py", NORM),
    Row("right/bn_modern_module.py", NORM),
    Row("right/spatial_transposed.py", NORM + SPATIAL),
    Row("right/spatial_per_channel.py", SPATIAL),
    Row("right/spatial_einsum_class.py", SPATIAL),
    Row("right/spatial_by_row.py", SPATIAL),
    Row("right/affine_course.py", AFFINE),
    Row("right/affine_original_shape.py", AFFINE),
    # It has w as (M, D).
    Row("right/linear_out_by_in.py", AFFINE),
    Row("right/dense_updates_itself.py", AFFINE),
    Row("right/fc_terse.py", AFFINE),
    Row("right/fully_connected_loops.py", AFFINE),
    # It forgets what forward left for one backward.
    Row("right/fc_params_and_grads.py", AFFINE),
    Row("right/linear_closure.py", AFFINE),
    # An x of more axes cannot be asked of it.
    Row("right/linear_rows_alone.py", AFFINE, may=("refused",)),
    Row("right/torch_linear_function.py", AFFINE, torch=True),
    # It reads no padding, and is asked for none.
    Row("right/avg_pool_course.py", AVG),
    Row("right/avg_pool_reshape.py", AVG, may=("refused",)),
    Row("right/avg_pool_im2col.py", AVG),
    Row("right/avg_pool2d_module.py", AVG),
    Row("right/mean_pool_inside.py", AVG, may=("refused",)),
    Row("right/avg_pool_matrix.py", AVG, may=("refused",)),
    Row("right/torch_avg_pool_function.py", AVG, torch=True),
    Row("right/gap_functions.py", GAP),
    # (N, C, 1, 1) for (N, C).
    Row("right/gap_keeps_axes.py", GAP),
    Row("right/gap_loops.py", GAP),
    Row("right/gap_flat_class.py", GAP),
    Row("right/gap_einsum.py", GAP),
    Row("right/torch_gap_function.py", GAP, torch=True),
    # These take rows alone, and are not asked for sequences of them.
    Row("right/ln_course.py", LAYERNORM, may=("refused",)),
    Row("right/ln_staged.py", LAYERNORM, may=("refused",)),
    Row("right/ln_scratch_class.py", LAYERNORM),
    Row("right/ln_token_functions.py", LAYERNORM),
    Row("right/ln_dicts.py", LAYERNORM, may=("refused",)),
    Row("right/ln_layer_class.py", LAYERNORM),
    Row("right/ln_loops.py", LAYERNORM, may=("refused",)),
    Row("right/ln_vjp_closure.py", LAYERNORM),
    Row("right/ln_torch_function.py", LAYERNORM, torch=True),
    Row("right/gn_course.py", GROUPNORM),
    Row("right/gn_course_columns.py", GROUPNORM),
    Row("right/gn_layer_class.py", GROUPNORM),
    Row("right/gn_loops.py", GROUPNORM),
    Row("right/gn_dicts.py", GROUPNORM),
    Row("right/gn_vjp_closure.py", GROUPNORM),
    Row("right/gn_torch_function.py", GROUPNORM, torch=True),
    Row("right/inorm_axes.py", INSTANCE),
    Row("right/inorm_flat.py", INSTANCE),
    Row("right/inorm_class.py", INSTANCE),
    Row("right/inorm_loops.py", INSTANCE),
    Row("right/inorm_vjp_closure.py", INSTANCE),
    Row("right/inorm_torch_function.py", INSTANCE, torch=True),
    Row("right/rms_functions.py", RMSNORM),
    Row("right/rms_class.py", RMSNORM),
    Row("right/rms_dicts.py", RMSNORM),
    Row("right/rms_torch_function.py", RMSNORM, torch=True),
    Row("right/rms_rows.py", RMSNORM, may=("refused",)),
    Row("right/rms_loops.py", RMSNORM, may=("refused",)),
    Row("right/act_course.py", ("sigmoid", "tanh", "leaky_relu", "elu", "gelu", "swish")),
    # Constants of its own, which cannot be asked to be others.
    Row(
        "right/act_classes.py",
        ("sigmoid", "tanh", "leaky_relu", "elu", "selu", "softplus", "swish", "hard_sigmoid", "hard_swish"),
        may=("refused",),
    ),
    # Of NumPy's own numbers it makes float64.
    Row(
        "right/act_base_class.py",
        ("sigmoid", "tanh", "leaky_relu", "elu", "gelu", "swish"),
        may=("wrong-dtype",),
    ),
    Row(
        "right/act_blog.py",
        ("sigmoid", "tanh", "leaky_relu", "elu", "selu", "softplus", "gelu", "hard_sigmoid"),
        may=("wrong-dtype", "refused"),
    ),
    Row("right/act_torch.py", ("sigmoid", "leaky_relu", "gelu", "swish"), torch=True),
    Row("right/act_closures.py", ("sigmoid", "tanh", "hard_swish")),
    Row("right/act_flat_loop.py", ("selu", "softplus", "gelu", "hard_sigmoid", "hard_swish")),
    Row("right/embedding_course.py", EMBEDDING),
    Row("right/embedding_scratch.py:Embedding", EMBEDDING),
    Row("right/embedding_scratch.py:TimeEmbedding", EMBEDDING),
    Row("right/embedding_one_hot.py", EMBEDDING),
    Row("right/embed_loops.py", EMBEDDING),
    Row("right/torch_embedding_function.py", EMBEDDING, torch=True),
    Row("right/torch_embedding_module.py", EMBEDDING, torch=True),
    Row("right/temporal_affine_course.py", STEPS),
    Row("right/temporal_affine_scratch.py", STEPS),
    Row("right/temporal_affine_steps.py", STEPS),
    Row("right/temporal_affine_einsum.py", STEPS),
    Row("right/temporal_affine_nested.py", AFFINE + STEPS),
    Row("right/torch_time_linear.py", STEPS, torch=True),
    Row("right/losses_course.py", SOFTMAX + SVM),
    # It has an eps beside the probability, and none in its gradient: a warning.
    Row("right/losses_scratch_class.py", SOFTMAX, may=("gradient-without-eps",)),
    Row("right/losses_loops.py", SOFTMAX + SVM),
    # Their backward knows of no dout, or of one. The logarithm is of zero at large scores: a warning.
    Row("right/losses_pairs.py", SOFTMAX + SVM, may=("overflow",)),
    Row("right/losses_call_classes.py", SOFTMAX + SVM),
    Row("right/losses_summed.py", SOFTMAX + SVM),
    Row("right/losses_one_hot.py", SOFTMAX + SVM, may=("overflow",)),
    Row("right/losses_column_labels.py", SOFTMAX + SVM, may=("overflow",)),
    Row("right/losses_closure.py", SOFTMAX + SVM),
    Row("right/losses_torch_function.py", SOFTMAX + SVM, torch=True),
    Row("right/losses_torch_tensors.py", SOFTMAX + SVM, torch=True),
    Row("right/dropout_course.py", DROPOUT),
    # Its p is what is dropped, and its dictionary does not say so.
    Row("right/dropout_course_2016.py", DROPOUT),
    Row("right/dropout_scratch_class.py", DROPOUT),
    # It has no test mode, and its mask two axes.
    Row("right/dropout_keep_prob.py", DROPOUT, may=("refused",)),
    Row("right/dropout_own_generator.py", DROPOUT),
    Row("right/dropout_binomial.py", DROPOUT),
    Row("right/dropout_loops.py", DROPOUT),
    # Its p is half, whatever a spec says.
    Row("right/dropout_written_in.py", DROPOUT),
    Row("right/dropout_functional.py", DROPOUT),
    Row("right/dropout_module_generator.py", DROPOUT),
    Row("right/dropout_torch.py", DROPOUT, torch=True),
    Row("right/temporal_softmax_course.py", WORDS),
    Row("right/temporal_softmax_scratch.py", WORDS),
    Row("right/temporal_softmax_loops.py", WORDS),
    Row("right/rnn_step_course.py", CELL),
    Row("right/rnn_cell_scratch.py", CELL),
    Row("right/rnn_cell_sizes.py", CELL),
    Row("right/lstm_step_course.py", LSTM_CELL),
    Row("right/torch_lstm_cell.py", LSTM_CELL, torch=True),
    Row("right/rnn_course.py", CELL + RNN),
    Row("right/time_rnn_scratch.py", CELL + RNN),
    Row("right/rnn_zero_start.py", RNN),
    Row("right/lstm_course.py", LSTM_CELL + LSTM),
    Row("right/lstm_scratch.py", LSTM_CELL + LSTM),
    Row("right/lstm_one_class.py", LSTM),
    Row("right/gru_cells.py", GRU_CELL),
    Row("right/gru_step_functions.py", GRU_CELL),
    Row("right/torch_gru_step.py", GRU_CELL, torch=True),
    # Attention.
    Row("right/attn_course.py", ATTENTION),
    # It hides later keys where it is told to, and has no mask.
    Row("right/attn_einsum.py", ATTENTION),
    # It does not scale its scores.
    Row("right/attn_unscaled.py", ATTENTION),
    Row("right/attn_weights_out.py", ATTENTION),
    # Its mask is added to the scores; that of the next is True where a key is hidden.
    Row("right/attn_class.py", ATTENTION),
    Row("right/attn_jacobian.py", ATTENTION),
    # It hides later keys by itself, and takes as many keys as queries.
    Row("right/attn_causal.py", ATTENTION, may=("refused", "wrong-dtype")),
    Row("right/attn_torch_function.py:AttentionFunction", ATTENTION, torch=True),
    Row("right/mha_numpy_class.py", MULTI_HEAD, may=("wrong-dtype",)),
    Row("right/mha_functions.py", MULTI_HEAD, may=("wrong-dtype",)),
    Row("right/mha_one_head_at_a_time.py", MULTI_HEAD),
    # Its weights are those of Linears, (out, in).
    Row("right/mha_course_module.py", MULTI_HEAD, torch=True),
    Row("right/self_attention_functions.py", SELF_ATTENTION, may=("wrong-dtype",)),
    # One head, and no weights after it.
    Row("right/self_attention_single.py", SELF_ATTENTION),
    Row("right/self_attention_closure.py", SELF_ATTENTION),
    Row("right/self_attention_gpt.py:CausalSelfAttention", SELF_ATTENTION, torch=True),
]

# What follows from a wrong forward pass, or from one that raises at some sizes.
GRADIENTS = ("dx", "dw", "db")
NORM_GRADIENTS = ("dx", "dgamma", "dbeta")

WRONG = [
    Row(
        "wrong/conv_crop_without_pad.py",
        CONV,
        "the crop [pad:-pad] selects nothing where pad is 0",
        ("wrong-shape",),
        ("dx",),
    ),
    Row(
        "wrong/conv_pad_is_one.py",
        CONV,
        "padding 1 whatever pad is",
        ("forward", "wrong-shape|raised"),
        ("forward-wrong", *GRADIENTS),
    ),
    Row("wrong/conv_crop_is_one.py", CONV, "a crop of 1 whatever pad is", ("wrong-shape",), ("dx",)),
    Row("wrong/conv_square_image.py", CONV, "columns counted from H", ("wrong-shape|raised",), ("forward", *GRADIENTS)),
    Row(
        "wrong/conv_square_filter.py:Conv",
        CONV,
        "columns of the filter are its rows",
        ("raised|wrong-shape",),
        GRADIENTS,
    ),
    Row("wrong/conv_state_kept.py", CONV, "dw is of the columns of the last forward", ("state",)),
    Row(
        "wrong/conv_indices_by_shape.py",
        CONV,
        "indices are kept without padding and stride",
        ("state",),
        ("forward", "forward-wrong", "raised", "wrong-shape", *GRADIENTS),
    ),
    Row("wrong/conv_dx_assigned.py", CONV, "= for += where windows overlap", ("dx",)),
    Row("wrong/conv_dw_without_stride.py", CONV, "dw reads x without the stride", ("dw",)),
    Row("wrong/conv_dw_last_image.py", CONV, "dw begins anew for every image", ("dw",)),
    Row("wrong/conv_dw_zero_for_one_image.py", CONV, "dw is zero for one image", ("dw",)),
    Row(
        "wrong/conv_squeezed.py", CONV, "squeeze takes away the axis of one image", ("raised",), ("forward", *GRADIENTS)
    ),
    Row(
        "wrong/conv_from_the_centre.py",
        CONV,
        "the last column is left out for even filters",
        ("forward",),
        ("forward-wrong",),
    ),
    Row("wrong/conv_rounded_size.py", CONV, "the output's size is rounded up", ("wrong-shape",), ("forward",)),
    Row("wrong/conv_flipped.py", CONV, "the filter is flipped, consistently", ("forward", "forward-wrong")),
    Row(
        "wrong/conv_width_first.py",
        CONV,
        "rows for columns",
        ("wrong-shape|raised",),
        ("forward", "forward-wrong", *GRADIENTS),
    ),
    Row(
        "wrong/conv_stride_in_one_direction.py",
        CONV,
        "no stride along rows, consistently",
        ("forward", "forward-wrong"),
    ),
    Row("wrong/conv_without_bias.py:ConvLayer", CONV, "the bias is not added", ("forward", "db")),
    Row(
        "wrong/conv_divided_by_batch.py:forward,backward",
        CONV,
        "dw and db are means over the batch",
        ("dw", "db", "scaled"),
        spec="conv",
    ),
    Row("wrong/conv_bias_gradient_keepdims.py", CONV, "db is (1, F, 1, 1)", ("wrong-shape",), ("db",)),
    Row(
        "wrong/conv_float32_inside.py",
        CONV,
        "the output is float32 whatever x is",
        ("wrong-dtype",),
        ("forward", *GRADIENTS),
    ),
    Row(
        "wrong/conv_integer_output.py",
        CONV,
        "the output is truncated to integers",
        ("wrong-dtype", "forward"),
        ("scaled", *GRADIENTS),
    ),
    Row("wrong/conv_float_size.py", CONV, "/ for // in the output's size", ("raised",)),
    Row("wrong/conv_xrange.py", CONV, "a name only Python 2 had", ("raised",)),
    Row("wrong/conv_np_int.py", CONV, "np.int is gone", ("raised",)),
    Row(
        "wrong/conv_uninitialised.py",
        CONV,
        "np.empty for np.zeros",
        ("dx|dw|backward-not-deterministic|backward-not-repeatable|not-linear-in-dout|not-finite",),
        (
            "dx",
            "dw",
            "backward-not-deterministic",
            "backward-not-repeatable",
            "not-linear-in-dout",
            "not-finite",
            "layout",
            "scaled",
        ),
    ),
    Row(
        "wrong/conv_im2col_order.py",
        CONV,
        "(F, N·H2·W2) reshaped to (N, F, H2, W2), consistently",
        ("forward",),
        ("db", "forward-wrong"),
    ),
    Row("wrong/conv_backward_without_stride.py", CONV, "backward reads the stride by another name", ("dx", "dw")),
    Row(
        "wrong/conv_class_reshape.py:Convolution",
        CONV,
        "dout reshaped without moving its channels last",
        ("dx", "dw", "db"),
    ),
    Row("wrong/conv_refuses_and_first_image.py", CONV, "db of the first image only", ("db",), ("refused", "scaled")),
    Row("wrong/conv_pairs.py", CONV, "= for += where windows overlap", ("dx",)),
    Row("wrong/conv_filter_shape.py", CONV, "dw of the first image only", ("dw",), ("scaled",)),
    Row("wrong/conv_made_at_first_call.py", CONV, "db in another order", ("db",)),
    Row("wrong/conv_keeps_size.py", CONV, "rows for columns in dw", ("dw|raised",), ("dw",)),
    Row("wrong/own_autograd.py", CONV, "dx of the filter turned over", ("dx",)),
    Row("wrong/torch_module_pairs.py", CONV, "the filter is flipped", ("forward",), ("forward-wrong",), torch=True),
    Row(
        "wrong/torch_graph_kept.py",
        CONV,
        "gradients are means over the batch",
        ("dx", "dw", "db", "scaled"),
        torch=True,
    ),
    Row("wrong/nhwc_dw_adapter.py", CONV, "= for += in dw", ("dw",)),
    Row(
        "wrong/torch_function_mean.py:Conv2dFunction",
        CONV,
        "db is a mean over the batch",
        ("db",),
        ("scaled",),
        spec="conv",
        torch=True,
    ),
    Row(
        "wrong/torch_module_padding.py:Conv",
        CONV,
        "padded with the edge",
        ("forward",),
        ("forward-wrong",),
        spec="conv",
        torch=True,
    ),
    Row("wrong/pool_assigned.py", POOL, "= for += where windows overlap", ("dx",), ("ties",)),
    # On data with ties alone, along directions in which they stay tied.
    Row("wrong/pool_all_winners.py", POOL, "every winner has the whole gradient", ("ties",), ("dx",)),
    Row(
        "wrong/pool_square_window.py:MaxPool",
        POOL,
        "columns of the window are its rows",
        ("wrong-shape",),
        ("forward", "dx"),
    ),
    Row(
        "wrong/pool_from_zero.py",
        POOL,
        "the maximum starts at zero, consistently",
        ("forward",),
        ("forward-wrong", "dx", "ties"),
    ),
    Row("wrong/pool_float_size.py", POOL, "/ for // in the output's size", ("raised",)),
    Row("wrong/pool_wrong_unravel.py", POOL, "rows for columns of the window", ("dx",), ("ties",)),
    Row(
        "wrong/pool_integer_gradient.py",
        POOL,
        "dx is made of integers",
        ("wrong-dtype", "dx"),
        ("not-linear-in-dout", "ties", "scaled"),
    ),
    Row("wrong/pool_partial_windows.py", POOL, "windows that reach over the edge", ("wrong-shape",), ("forward",)),
    Row("wrong/relu_leaky.py:Relu", RELU, "a slope below zero, consistently", ("forward", "forward-wrong")),
    Row("wrong/relu_mask_of_dout.py", RELU, "the sign of dout decides", ("dx", "not-linear-in-dout"), ("ties",)),
    Row("wrong/relu_overwrites_x.py", RELU, "x is overwritten", ("input-overwritten",)),
    Row("wrong/relu_mask_of_output.py", RELU, "the mask out >= 0 is always true", ("dx",), ("ties",)),
    Row(
        "wrong/relu_with_dropout.py",
        RELU,
        "a dropout was left in",
        ("not-deterministic",),
        ("forward", "dx", "backward-not-deterministic", "layout"),
    ),
    Row(
        "wrong/relu_integer.py",
        RELU,
        "the output is truncated to integers",
        ("wrong-dtype", "forward"),
        ("dx", "scaled", "ties"),
    ),
    Row("wrong/bn_eps_ignored.py", NORM, "eps is not that of bn_param", ("forward",), ("forward-wrong",)),
    Row("wrong/bn_functions_own_eps.py", NORM, "the power of the deviation in dvar", ("dx",)),
    Row("wrong/bn_without_eps.py", NORM, "the mean's term is missing", ("dx",)),
    Row("wrong/bn_eps_squared.py", NORM, "eps², consistently", ("forward",), ("forward-wrong",)),
    Row(
        "wrong/bn_eps_outside_root.py",
        NORM,
        "eps is added outside the root, consistently",
        ("forward",),
        ("forward-wrong", "dx"),
    ),
    Row("wrong/bn_class_gamma.py:BatchNorm", NORM, "dgamma of x - mean for that of x̂", ("dgamma",), ("scaled",)),
    Row(
        "wrong/bn_variance_of_sample.py",
        NORM,
        "divided by N - 1",
        ("forward",),
        ("forward-wrong", "running-statistics", "not-finite", *NORM_GRADIENTS),
    ),
    Row(
        "wrong/bn_over_features.py",
        NORM,
        "statistics over the wrong axis, consistently",
        ("forward",),
        ("forward-wrong",),
    ),
    Row("wrong/bn_mean_forgotten.py", NORM, "the mean's term is missing", ("dx",)),
    Row("wrong/bn_variance_sign.py", NORM, "the sign of dvar", ("dx",)),
    Row("wrong/bn_dgamma_not_summed.py", NORM, "dgamma is (N, D)", ("wrong-shape",), ("dgamma",)),
    Row("wrong/bn_keepdims.py", NORM, "dgamma and dbeta are (1, D)", ("wrong-shape",), ("dgamma", "dbeta")),
    Row("wrong/bn_never_stored.py", NORM, "running statistics are not stored", ("running-statistics",)),
    Row("wrong/bn_momentum_swapped.py", NORM, "momentum is the share that comes", ("running-statistics",)),
    Row("wrong/bn_running_std.py", NORM, "the root of the variance is stored", ("running-statistics",)),
    Row("wrong/bn_test_uses_batch.py", NORM, "test mode uses the batch's statistics", ("forward",), ("forward-wrong",)),
    Row("wrong/bn_test_without_root.py", NORM, "test mode divides by the variance", ("forward",), ("forward-wrong",)),
    Row(
        "wrong/bn_dout_times_gamma.py",
        NORM,
        "dout is overwritten before dgamma",
        ("dgamma", "input-overwritten"),
        ("scaled",),
    ),
    Row("wrong/bn_alt_scaled.py", NORM, "1/N is forgotten in one of two backward passes", ("dx", "scaled")),
    Row(
        "wrong/spatial_reshape.py",
        NORM + SPATIAL,
        "reshaped without moving channels last, consistently",
        ("forward",),
        ("forward-wrong", "running-statistics"),
        fails=SPATIAL,
    ),
    Row(
        "wrong/spatial_backward_axes.py",
        NORM + SPATIAL,
        "backward orders places otherwise",
        ("dx", "dgamma"),
        ("scaled",),
        fails=SPATIAL,
    ),
    Row("wrong/spatial_count.py", SPATIAL, "N for N·H·W", ("dx",)),
    Row("wrong/bn_images.py", SPATIAL, "the mean's term is missing", ("dx",)),
    Row("wrong/spatial_per_image.py", SPATIAL, "each image by itself, consistently", ("forward",), ("forward-wrong",)),
    Row(
        "wrong/spatial_running_count.py:SpatialBatchNorm", SPATIAL, "running variance of n + 1", ("running-statistics",)
    ),
    Row("wrong/whole_file.py", ALL, "max-pool has = for +=", ("dx",), ("ties",), fails=POOL),
]

ROWS = RIGHT + WRONG
