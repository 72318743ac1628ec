#define LUNGTRIAGE_CUDA_EMULATOR
#include "../../../Sources/NeuralNetCUDA/Kernels/Sources/channels.cu"
