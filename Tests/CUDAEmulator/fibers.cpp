#include "fibers.h"

#include <stdint.h>

namespace cuda_emulator {

Fiber::Fiber(void (*body)(void *), void *argument)
    : body(body), argument(argument), stack(new char[stack_bytes]) {
    getcontext(&beginning);
    beginning.uc_stack.ss_sp = stack.get();
    beginning.uc_stack.ss_size = stack_bytes;
    beginning.uc_link = nullptr;
    const uint64_t self = reinterpret_cast<uintptr_t>(this);
    makecontext(
        &beginning, reinterpret_cast<void (*)()>(start), 2, static_cast<unsigned>(self >> 32),
        static_cast<unsigned>(self));
}

void Fiber::start(unsigned high, unsigned low) {
    Fiber *self = reinterpret_cast<Fiber *>(static_cast<uintptr_t>(static_cast<uint64_t>(high) << 32 | low));
    self->body(self->argument);
}

void Fiber::resume() {
    if (_setjmp(outside)) return;
    if (has_begun) _longjmp(inside, 1);
    has_begun = true;
    setcontext(&beginning);
}

void Fiber::pause() {
    if (_setjmp(inside)) return;
    _longjmp(outside, 1);
}

}  // namespace cuda_emulator
