// Threads of a block as fibers: stacks of their own on one thread of the system.
#ifndef LUNGTRIAGE_FIBERS_H
#define LUNGTRIAGE_FIBERS_H

#include <setjmp.h>
#include <ucontext.h>

#include <memory>

namespace cuda_emulator {

/// A stack on which `body` runs whenever it is resumed, until it pauses itself. `body` never returns.
class Fiber {
public:
    Fiber(void (*body)(void *), void *argument);
    Fiber(const Fiber &) = delete;

    /// Runs the fiber until it pauses; called outside of it.
    void resume();
    /// Back to who resumed it; called inside of it.
    void pause();

private:
    static constexpr size_t stack_bytes = 256 << 10;
    static void start(unsigned high, unsigned low);

    void (*body)(void *);
    void *argument;
    std::unique_ptr<char[]> stack;
    ucontext_t beginning;
    // Beyond the first time, jumps are a hundred times faster than exchanging contexts, which asks the kernel for the
    // signal mask.
    jmp_buf inside, outside;
    bool has_begun = false;
};

}  // namespace cuda_emulator

#endif
