import CPlatform

/// How this process holds memory.
package enum ProcessMemory {
    /// For a process that does little with many threads: what one thread frees another may use, instead of each keeping its own.
    /// To be called before there are other threads.
    package static func shareArenas() { lungtriage_limit_arenas(1) }

    /// After the start: lets go of the code that only the start has run. What is run again comes back from the page cache; what
    /// is not makes room for others.
    package static func releaseStartCode() { lungtriage_release_code() }
}
