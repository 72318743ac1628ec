import Bus
import Platform
import StationConfiguration

/// What the checks look at: one station, and what is known of it before the first check.
struct Examination: Sendable {
    /// How far the bus and the daemon could be reached.
    enum Reach: Sendable {
        /// No bus.
        case nothing(BusError)
        /// Nobody owns the daemon's name; whether the bus would start it.
        case bus(isActivatable: Bool)
        /// The daemon is there and does not answer this user.
        case owner(user: UInt32, BusError)
        case daemon(user: UInt32, version: String, TriageStatus)
    }

    let address: BusAddress
    let source: ConfigurationSource
    /// Right, or what is wrong with it.
    let configuration: Result<TriageConfiguration, InvalidConfiguration>
    let reach: Reach
    /// A daemon of its own folder or of the session bus, in place of the system's.
    let isPrivate: Bool

    /// The user that the daemon runs as, or should.
    var daemonUser: UInt32? { isPrivate ? Account.current : Account.user(Self.daemonAccount) }

    /// The name of the installed daemon's user and of the group of those who may use it.
    static let daemonAccount = "lungtriage"
    static let unit = "lungtriaged"

    /// Whether it is known where the folders of this daemon are.
    var knowsFolders: Bool { !isPrivate || source.isRequired || source.defaults.folders != .system }

    /// How to start the daemon.
    var start: String {
        isPrivate ? "lungtriaged --session --root DIR" : "sudo systemctl enable --now \(Self.unit)"
    }

    /// How to have it take over what was corrected.
    var restart: String {
        isPrivate ? "end the daemon and start it anew" : "sudo systemctl restart \(Self.unit)"
    }

    /// What lets this user see all.
    var asRoot: String { isPrivate ? "Ask as the user who runs the daemon" : "sudo lungtriage doctor" }

    /// Where the daemon says what happens to it.
    var log: String { isPrivate ? "the daemon's output" : "journalctl -u \(Self.unit) -e" }
}

extension Examination {
    init(address: BusAddress, source: ConfigurationSource) async {
        self.address = address
        self.source = source
        isPrivate = address != .system || source.defaults.folders != .system
        do throws(InvalidConfiguration) {
            configuration = .success(try source.read())
        } catch {
            configuration = .failure(error)
        }
        do throws(BusError) {
            reach = try await Self.reach(on: BusConnection.connect(to: address))
        } catch {
            reach = .nothing(error)
        }
    }

    private static func reach(on connection: BusConnection) async throws(BusError) -> Reach {
        defer { connection.close() }
        guard let owner = try await connection.owner(of: TriageNames.service) else {
            return .bus(isActivatable: try await connection.isActivatable(TriageNames.service))
        }
        let user = try await connection.unixUser(of: owner)
        let client = TriageClient(connection)
        do throws(BusError) {
            return .daemon(user: user, version: try await client.version(), try await client.status())
        } catch {
            return .owner(user: user, error)
        }
    }
}
