import Bus
import BusTestSupport
import Foundation
import Platform

/// The echo service as a process of its own, which tests measure: `bus-echo ADDRESS`. It serves until the bus goes.
@main enum BusEcho {
    static func main() {
        guard CommandLine.arguments.count == 2 else { exit(64) }
        let tree = EchoService.makeTree(Gate(), limits: RequestLimits())
        let connector = BusConnector(
            to: .address(CommandLine.arguments[1]), name: EchoService.wellKnownName, objects: tree)
        do {
            try ServiceProgram.run { try? await connector.run() }
        } catch {
            exit(71)
        }
    }
}
