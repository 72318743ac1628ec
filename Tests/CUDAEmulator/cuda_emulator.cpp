#include "cuda_emulator.h"

#include <stdio.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "device_language.h"
#include "fibers.h"

thread_local uint3 threadIdx, blockIdx, blockDim, gridDim;

namespace cuda_emulator {

thread_local unsigned long long block_number = 0;

namespace {

struct Kernel {
    void (*run)(const void *);
    size_t argument_bytes;
};

/// Filled before main; not in a global, whose initialisation could come after its first use.
std::map<std::string, Kernel> &kernels() {
    static std::map<std::string, Kernel> table;
    return table;
}

thread_local std::string last_error;
thread_local uint64_t order_seed = 0;

/// Unwinds a fiber's thread after a rule was broken.
struct Broken {};

uint64_t mixed(uint64_t &state) {
    state += 0x9E3779B97F4A7C15u;
    uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/// One block at a time. A fiber runs threads one after the other until one of them waits at a barrier; only then is
/// another fiber needed. So a kernel without barriers needs one.
class Block {
public:
    bool run(const Kernel &kernel, const void *arguments, unsigned threads);
    void barrier();

private:
    struct Worker {
        explicit Worker(Block *block) : block(block), fiber(work, this) {}
        Block *block;
        Fiber fiber;
        uint3 thread = {};
    };

    static void work(void *worker);
    void run_threads();
    Worker *idle_worker();
    template <typename T>
    void shuffle(std::vector<T> &items);
    bool check_barrier();
    void unwind();

    std::vector<std::unique_ptr<Worker>> workers;
    std::vector<Worker *> idle, waiting;
    std::vector<unsigned> order;
    const Kernel *kernel = nullptr;
    const void *arguments = nullptr;
    size_t next = 0, finished = 0;
    uint64_t state = 0;
    bool is_broken = false;
    Worker *current = nullptr;
};

thread_local std::unique_ptr<Block> block;

void Block::work(void *argument) {
    Worker *worker = static_cast<Worker *>(argument);
    while (true) {
        worker->block->run_threads();
        worker->block->idle.push_back(worker);
        worker->fiber.pause();
    }
}

void Block::run_threads() {
    while (next < order.size() && !is_broken) {
        const unsigned number = order[next++];
        threadIdx = {number % blockDim.x, number / blockDim.x % blockDim.y, number / blockDim.x / blockDim.y};
        try {
            kernel->run(arguments);
        } catch (const Broken &) {
            is_broken = true;
        }
        finished++;
    }
}

void Block::barrier() {
    Worker *worker = current;
    worker->thread = threadIdx;
    waiting.push_back(worker);
    worker->fiber.pause();
    if (is_broken) throw Broken();
    threadIdx = worker->thread;
}

Block::Worker *Block::idle_worker() {
    if (idle.empty()) {
        workers.push_back(std::make_unique<Worker>(this));
        return workers.back().get();
    }
    Worker *worker = idle.back();
    idle.pop_back();
    return worker;
}

template <typename T>
void Block::shuffle(std::vector<T> &items) {
    if (order_seed == 0) return;
    for (size_t i = items.size(); i > 1; i--) std::swap(items[i - 1], items[mixed(state) % i]);
}

/// Whether all threads of the block wait.
bool Block::check_barrier() {
    if (waiting.empty() || finished == 0) return true;
    char text[160];
    snprintf(
        text, sizeof text, "%zu of %zu threads of block (%u, %u, %u) wait at a barrier that the others never reach",
        waiting.size(), order.size(), blockIdx.x, blockIdx.y, blockIdx.z);
    last_error = text;
    return false;
}

/// Ends the threads that still wait, so that their stacks can be used again.
void Block::unwind() {
    is_broken = true;
    std::vector<Worker *> rest;
    rest.swap(waiting);
    for (Worker *worker : rest) {
        current = worker;
        worker->fiber.resume();
    }
}

bool Block::run(const Kernel &of, const void *with, unsigned threads) {
    kernel = &of;
    arguments = with;
    next = finished = 0;
    is_broken = false;
    state = order_seed + block_number;
    order.resize(threads);
    for (unsigned i = 0; i < threads; i++) order[i] = i;
    shuffle(order);
    while (next < order.size() && !is_broken) {
        current = idle_worker();
        current->fiber.resume();
    }
    while (!waiting.empty() && !is_broken && check_barrier()) {
        std::vector<Worker *> released;
        released.swap(waiting);
        shuffle(released);
        for (Worker *worker : released) {
            current = worker;
            worker->fiber.resume();
        }
    }
    if (waiting.empty() && !is_broken) return true;
    unwind();
    return false;
}

int refuse(const std::string &text) {
    last_error = text;
    return 1;
}

}  // namespace

Registration::Registration(const char *name, void (*run)(const void *), size_t argument_bytes) {
    kernels()[name] = {run, argument_bytes};
}

void fail_index(const char *name, size_t index, size_t count) {
    last_error = "index " + std::to_string(index) + " of the shared array \"" + name + "\", which has " +
                 std::to_string(count) + " values";
    throw Broken();
}

}  // namespace cuda_emulator

using namespace cuda_emulator;

void __syncthreads() { block->barrier(); }

int cuda_emulator_run(const char *name, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x,
                      unsigned block_y, unsigned block_z, size_t shared_bytes, const void *arguments) {
    const auto found = kernels().find(name);
    if (found == kernels().end()) return refuse(std::string("there is no kernel \"") + name + "\"");
    const uint64_t threads = static_cast<uint64_t>(block_x) * block_y * block_z;
    if (threads == 0 || threads > 1024 || block_z > 64 || !grid_x || !grid_y || !grid_z || grid_x > 0x7FFFFFFF ||
        grid_y > 65535 || grid_z > 65535 || shared_bytes > 48 << 10)
        return refuse(std::string("the launch of ") + name + " is beyond what every device allows");
    if (!block) block = std::make_unique<Block>();
    blockDim = {block_x, block_y, block_z};
    gridDim = {grid_x, grid_y, grid_z};
    for (unsigned z = 0; z < grid_z; z++)
        for (unsigned y = 0; y < grid_y; y++)
            for (unsigned x = 0; x < grid_x; x++) {
                blockIdx = {x, y, z};
                block_number++;
                if (!block->run(found->second, arguments, static_cast<unsigned>(threads))) return 1;
            }
    return 0;
}

const char *cuda_emulator_error(void) { return last_error.c_str(); }

size_t cuda_emulator_argument_bytes(const char *name) {
    const auto found = kernels().find(name);
    return found == kernels().end() ? 0 : found->second.argument_bytes;
}

int cuda_emulator_kernel_count(void) { return static_cast<int>(kernels().size()); }

const char *cuda_emulator_kernel_name(int index) {
    return std::next(kernels().begin(), index)->first.c_str();
}

void cuda_emulator_set_order(uint64_t seed) { order_seed = seed; }
