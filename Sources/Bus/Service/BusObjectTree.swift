import Synchronization

/// The objects that a service exports. It outlives connections: after the loss of one, the next serves the same objects.
package final class BusObjectTree: BusRouter {
    private struct Contents {
        var objects: [BusObjectPath: BusObject] = [:]
        var subtrees: [BusObjectPath: BusSubtree] = [:]
    }

    package let limits: RequestLimits
    private let contents = Mutex(Contents())

    package init(limits: RequestLimits = RequestLimits()) { self.limits = limits }

    /// Exports an object, in place of what was there.
    package func add(_ object: BusObject) { contents.withLock { $0.objects[object.path] = object } }

    package func add(_ subtree: BusSubtree) { contents.withLock { $0.subtrees[subtree.root] = subtree } }

    package func remove(_ path: BusObjectPath) { _ = contents.withLock { $0.objects.removeValue(forKey: path) } }

    /// The object at `path`, listed or not.
    package func object(at path: BusObjectPath) -> BusObject? {
        let (object, subtrees) = contents.withLock { ($0.objects[path], Array($0.subtrees.values)) }
        if let object { return object }
        for subtree in subtrees {
            if let name = path.name(under: subtree.root), let object = subtree.object(name) { return object }
        }
        return nil
    }

    /// All objects that are listed, in the order of their paths.
    package func listedObjects(below root: BusObjectPath) -> [BusObject] {
        let (objects, subtrees) = contents.withLock { (Array($0.objects.values), Array($0.subtrees.values)) }
        let made = subtrees.flatMap { subtree in subtree.listed().compactMap(subtree.object) }
        return (objects + made).filter { $0.path.branch(under: root) != nil }.sorted { $0.path.text < $1.path.text }
    }

    /// Whether there are objects, or may be, below `path`.
    private func isNode(_ path: BusObjectPath) -> Bool {
        let paths = contents.withLock { Array($0.objects.keys) + Array($0.subtrees.keys) }
        return path.text == "/" || paths.contains { $0 == path || $0.branch(under: path) != nil }
    }

    /// The names of the nodes right below `path`.
    func children(of path: BusObjectPath) -> [String] {
        let (paths, subtree) = contents.withLock { contents in
            (Array(contents.objects.keys) + Array(contents.subtrees.keys), contents.subtrees[path])
        }
        let names = paths.compactMap { $0.branch(under: path) } + (subtree?.listed() ?? [])
        return Array(Set(names)).sorted()
    }
}

// MARK: - Routing

extension BusObjectTree {
    package func route(_ header: BusCallHeader) throws(BusError) -> BusRoute {
        let path = try BusObjectPath(header.path)
        let object = object(at: path)
        guard object != nil || isNode(path) || header.interface == StandardInterfaces.peerName else {
            throw BusError(.unknownObject, "There is no object \(header.path.shown).")
        }
        let interfaces = allInterfaces(of: object ?? BusObject(path, []), isObject: object != nil)
        guard let wanted = header.interface else {
            for interface in interfaces {
                if let method = interface.methods.first(where: { $0.name.text == header.member }) {
                    return method.route
                }
            }
            throw BusError(.unknownMethod, "\(header.path.shown) has no method \(header.member.shown).")
        }
        guard let interface = interfaces.first(where: { $0.name.text == wanted }) else {
            throw BusError(.unknownInterface, "\(header.path.shown) has no interface \(wanted.shown).")
        }
        guard let method = interface.methods.first(where: { $0.name.text == header.member }) else {
            throw BusError(.unknownMethod, "\(wanted.shown) has no method \(header.member.shown).")
        }
        return method.route
    }

    /// The object's own interfaces and the standard ones.
    func allInterfaces(of object: BusObject, isObject: Bool) -> [BusInterface] {
        var interfaces = object.interfaces
        if isObject { interfaces.append(StandardInterfaces.properties(of: object)) }
        if object.managesObjects { interfaces.append(StandardInterfaces.objectManager(of: object.path, in: self)) }
        interfaces.append(StandardInterfaces.introspectable(object, isObject: isObject, in: self))
        interfaces.append(StandardInterfaces.peer)
        return interfaces
    }
}
