import CDBus
import Platform
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The thread that owns a connection of libdbus. It waits in poll(2), without a timeout while no call is under way, and
/// is woken by the bus or, through an eventfd, by work that other threads hand over.
///
/// @unchecked: `traffic` and `link` are touched by the thread only; everything else is a lock or constant.
final class BusLoop: @unchecked Sendable {
    typealias Job = @Sendable (BusLoop) -> Void

    private struct Mailbox {
        var jobs: [Job] = []
        var isClosed = false
    }

    private let mailbox = Mutex(Mailbox())
    private let wakeDescriptor: Int32
    private let address: String
    private(set) var link: BusLink?
    let traffic: BusTraffic
    private var reasonToStop: BusError?

    init(address: String, router: any BusRouter) throws(BusError) {
        self.address = address
        traffic = BusTraffic(router: router)
        wakeDescriptor = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
        guard wakeDescriptor >= 0 else {
            throw BusError(.cannotConnect, "No descriptor for the bus thread.", cause: errnoText(errno))
        }
    }

    deinit { close(wakeDescriptor) }

    /// Starts the thread, which keeps itself alive until ``stop(_:)`` or the loss of the connection.
    func start(connected: ReplyTicket<String>) throws(BusError) {
        do {
            try DetachedThread.start(named: "lungtriage-bus") { self.run(connected) }
        } catch {
            throw BusError(.cannotConnect, "The bus thread could not be started.", cause: error.cause)
        }
    }

    /// Runs `job` on the thread, after all that was handed over before. False when the thread has ended.
    @discardableResult
    func perform(_ job: @escaping Job) -> Bool {
        let wasIdle: Bool? = mailbox.withLock { mailbox in
            guard !mailbox.isClosed else { return nil }
            mailbox.jobs.append(job)
            return mailbox.jobs.count == 1
        }
        guard let wasIdle else { return false }
        if wasIdle { wake() }
        return true
    }

    /// Ends the thread after what was handed over before.
    func stop() {
        perform { loop in
            loop.link?.flush()
            loop.reasonToStop = BusError(.disconnected, "The connection to the bus was closed.")
        }
    }

    private func wake() {
        var one: UInt64 = 1
        _ = retryingInterrupted { write(wakeDescriptor, &one, 8) }
    }
}

// MARK: - On the thread

extension BusLoop {
    private func run(_ connected: ReplyTicket<String>) {
        do {
            let link = try BusLink(address: address)
            try link.watch()
            self.link = link
            connected.finish(.success(link.uniqueName))
            while reasonToStop == nil { turn(link) }
        } catch {
            reasonToStop = error
            connected.finish(.failure(error))
        }
        end()
    }

    private func turn(_ link: BusLink) {
        let jobs = mailbox.withLock { mailbox in
            let jobs = mailbox.jobs
            mailbox.jobs = []
            return jobs
        }
        for job in jobs { job(self) }
        receive(link)
        guard reasonToStop == nil else { return }
        wait(link)
        let now = ContinuousClock.now
        link.handleTimeouts(now: now)
        traffic.expireCalls(now: now)
        receive(link)
    }

    private func receive(_ link: BusLink) {
        while let message = link.receive() { traffic.take(message, link) }
        if !link.isConnected { reasonToStop = reasonToStop ?? .connectionLost }
    }

    private func wait(_ link: BusLink) {
        var descriptors = [pollfd(fd: wakeDescriptor, events: Int16(POLLIN), revents: 0)] + link.interests
        let deadline = [link.deadline, traffic.deadline].compactMap(\.self).min()
        let hasWork = mailbox.withLock { !$0.jobs.isEmpty }
        let count = poll(&descriptors, nfds_t(descriptors.count), hasWork ? 0 : milliseconds(until: deadline))
        guard count > 0 else { return }
        if descriptors[0].revents != 0 {
            var count: UInt64 = 0
            _ = retryingInterrupted { read(wakeDescriptor, &count, 8) }
        }
        link.handle(descriptors[1...])
    }

    private func milliseconds(until deadline: ContinuousClock.Instant?) -> Int32 {
        guard let deadline else { return -1 }
        let left = ContinuousClock.now.duration(to: deadline).components
        guard left.seconds >= 0, left.attoseconds >= 0 else { return 0 }
        // Rounded up: waking early would only wait again.
        let milliseconds = min(left.seconds, 1_000_000) * 1000 + left.attoseconds / 1_000_000_000_000_000 + 1
        return Int32(milliseconds)
    }

    /// Answers everyone who waits. Jobs that come later are refused.
    private func end() {
        let reason = reasonToStop ?? .connectionLost
        let jobs = mailbox.withLock { mailbox in
            mailbox.isClosed = true
            return mailbox.jobs
        }
        link?.close()
        link = nil
        for job in jobs { job(self) }
        traffic.end(reason)
    }
}
