// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSPostgresDriver
internal import LMSTenancy

struct WorkArguments: CommandArguments {
    let queues: [JobQueue]
    let concurrency: Int?

    init(arguments: inout ArgumentReader) {
        queues =
            arguments.optional("queues", "LIST", "The queues to serve, parted by commas; all unless said") { text in
                JobQueue.list(text)
            } ?? JobQueue.allCases
        concurrency = arguments.optional("concurrency", "NUMBER", "How many jobs of each queue at a time, 1 to 500") {
            text in Int(text).flatMap { (1...500).contains($0) ? $0 : nil }
        }
    }

    var lanes: [JobQueue: Int] {
        var lanes = JobRunner.lanes.filter { queues.contains($0.key) }
        if let concurrency { lanes = lanes.mapValues { _ in concurrency } }
        return lanes
    }
}

extension Command {
    /// `lms work`.
    static let work = Command("work", "Do the queued work of all tenants until SIGTERM", WorkArguments.self) {
        arguments,
        console in
        let configuration = try Configuration.reading(console)
        let group = try EventLoopGroup(count: configuration.loopCount)
        let platform = try Platform(configuration: configuration, loops: group)
        do {
            try await platform.installation.control.verify()
        } catch {
            throw CommandFailure("DATABASE_URL: \(error)")
        }
        let work = PlatformWork(platform, lanes: arguments.lanes) { console.progress("lms: \($0)") }
        work.start(on: group)
        let names = arguments.lanes.keys.map(\.rawValue).sorted().joined(separator: ", ")
        console.progress("Working on \(names)")
        await Shutdown.wait(isSupervised: console.environment["LMS_SUPERVISED"] == "1")
        await work.stop()
        return .success
    }
}

extension JobQueue {
    /// Reads a list of queues; `nil` if one is none, or there is none.
    static func list(_ text: String) -> [JobQueue]? {
        let names = text.split(separator: ",", omittingEmptySubsequences: false)
        let queues = names.compactMap { JobQueue(rawValue: String($0)) }
        return queues.count == names.count ? queues : nil
    }
}
