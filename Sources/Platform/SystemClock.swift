import CPlatform

/// What the kernel says of its clock.
package enum SystemClock {
    /// Whether something keeps the clock right (NTP, a hypervisor); nil when the kernel does not say.
    package static var isSynchronized: Bool? {
        switch lungtriage_clock_is_synchronized() {
        case 1: true
        case 0: false
        default: nil
        }
    }
}
