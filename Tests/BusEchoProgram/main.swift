import Bus
import BusTestSupport

// The echo service as a process of its own, which tests measure: `bus-echo ADDRESS`. It serves until the bus goes.

if CommandLine.arguments.count == 2 {
    let tree = EchoService.makeTree(Gate(), limits: RequestLimits())
    let connector = BusConnector(to: .address(CommandLine.arguments[1]), name: EchoService.wellKnownName, objects: tree)
    try await connector.run()
}
