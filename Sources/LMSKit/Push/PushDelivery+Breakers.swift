// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension PushDelivery {
    /// Those of a user's devices whose services may be called.
    struct Admission: Sendable {
        var devices: [Device] = []
        /// Services against which something is known.
        var doubtful: Set<String> = []
        /// When the first of the other devices' services may be called; `nil` if there are none.
        var waitsUntil: Date?
    }

    /// Leaves out devices whose services fail, so that nobody calls them for a while.
    ///
    /// What is known of a service is known of it for one tenant: accounts differ, and so do the services of its people's browsers.
    ///
    /// - Parameters:
    ///   - devices: The devices.
    ///   - tenant: Whose they are.
    /// - Returns: The others.
    /// - Throws: `DatabaseError`.
    func admit(_ devices: [Device], at tenant: TenantID) async throws(DatabaseError) -> Admission {
        var admission = Admission()
        guard let breakers else {
            admission.devices = devices
            return admission
        }
        var verdicts: [String: JobBreakers.Verdict] = [:]
        for service in Set(devices.map(\.target.service)).sorted() {
            verdicts[service] = try await breakers.admit(to: service, for: tenant)
        }
        for device in devices {
            switch verdicts[device.target.service] {
            case .wait(let instant): admission.waitsUntil = min(admission.waitsUntil ?? instant, instant)
            case .call(isSound: false):
                admission.doubtful.insert(device.target.service)
                admission.devices.append(device)
            case .call, nil: admission.devices.append(device)
            }
        }
        return admission
    }

    /// Tells what came of it: of several devices of a service one that got an answer speaks for it.
    ///
    /// - Parameters:
    ///   - attempts: What became of the devices' messages, in their order.
    ///   - admission: The devices.
    ///   - tenant: Whose they are.
    /// - Throws: `DatabaseError`.
    func note(_ attempts: [Attempt], of admission: Admission, at tenant: TenantID) async throws(DatabaseError) {
        guard let breakers else { return }
        var answers: [String: Bool] = [:]
        for (device, attempt) in zip(admission.devices, attempts) {
            guard let isAnswer = attempt.result.isAnswer else { continue }
            answers[device.target.service] = isAnswer || answers[device.target.service] ?? false
        }
        for (service, isUp) in answers.sorted(by: { $0.key < $1.key }) {
            if !isUp {
                try await breakers.failed(service, for: tenant)
            } else if admission.doubtful.contains(service) {
                try await breakers.succeeded(service, for: tenant)
            }
        }
    }
}

extension PushTarget {
    /// The service that takes its messages, as breakers know it.
    var service: String {
        switch self {
        case .web(let endpoint, _, _): String("push \(endpoint.origin.dropFirst("https://".count))".prefix(255))
        case .fcm: "push fcm"
        case .apns: "push apns"
        }
    }
}

extension PushResult {
    /// Whether the service works, as far as this tells; `nil` if it says nothing of it, because nobody was called or because it answered
    /// and asks to wait.
    var isAnswer: Bool? {
        switch self {
        case .delivered, .gone: true
        case .rejected(let code): Self.ownCodes.contains(code) ? nil : true
        case .failed(let reason): Self.ownCodes.contains(reason) ? nil : false
        case .tooLarge, .retryAfter: nil
        }
    }

    /// What went wrong before a service was called.
    private static let ownCodes: Set<String> = [
        "address_not_allowed", "bad_key", "busy", "cancelled", "malformed", "no_account", "not_built", "wrong_account",
    ]
}
