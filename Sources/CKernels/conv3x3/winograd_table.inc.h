const lt_winograd_kernels LT_NAME(lt_winograd) = {
    .lanes = LT_LANES,
    .rows = LT_MR,
    .columns = LT_LANES * LT_NV,
    .input = LT_NAME(winograd_input),
    .weights = LT_NAME(winograd_weights),
    .multiply = LT_NAME(winograd_multiply),
    .output_adjoint = LT_NAME(winograd_output_adjoint),
    .weights_adjoint = LT_NAME(winograd_weights_adjoint),
    .multiply_adjoint = LT_NAME(winograd_multiply_adjoint),
    .output = LT_NAME(winograd_output),
};
