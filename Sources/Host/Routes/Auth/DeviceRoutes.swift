// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// Devices on which somebody is remembered.
struct DeviceRoutes: Sendable {
    let signIn: SignIn

    var routes: [Route] {
        [
            Route(
                .get,
                "/api/v1/users/me/devices",
                "Show on which devices I am remembered",
                access: .signedIn,
                handler: show
            ),
            Route(
                .delete,
                "/api/v1/users/me/devices/{deviceId}",
                "Forget one of my devices",
                access: .signedIn,
                status: .noContent,
                problems: [.notFound],
                handler: forget
            ),
        ]
    }

    private func show(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<DeviceListBody> {
        .ok(DeviceListBody(devices: try await signIn.devices(reader: context.reader)))
    }

    private func forget(
        _ input: Input<DevicePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await context.transaction { try await signIn.forgetDevice(input.path.deviceId, session: $0) }
        return .noContent
    }
}

/// `…/devices/{deviceId}`.
struct DevicePath: PathParameters {
    let deviceId: RememberedDevice.ID

    init(fields: inout FieldReader) {
        deviceId = fields.required("deviceId", .id())
    }
}

/// On which devices somebody is remembered.
struct DeviceListBody: ResponseBody {
    let devices: [RememberedDevice]

    static var example: DeviceListBody { example(agent: "Mozilla/5.0") }
    static var variations: [DeviceListBody] { [example(agent: nil)] }

    private static func example(agent: String?) -> DeviceListBody {
        let device = RememberedDevice(
            id: .example,
            isVerified: true,
            address: agent == nil ? nil : "192.0.2.1",
            userAgent: agent,
            at: Date(timeIntervalSince1970: 1_800_000_000)
        )
        return DeviceListBody(devices: [device])
    }

    func write(to json: inout JSONWriter) {
        json.object { $0.field("items", devices.map(DeviceBody.init)) }
    }

    private struct DeviceBody: JSONWritable {
        let device: RememberedDevice

        func write(to json: inout JSONWriter) {
            json.object { object in
                object.field("id", device.id)
                object.field("standsForSecondFactor", device.isVerified)
                object.field("address", device.address)
                object.field("userAgent", device.userAgent)
                object.field("createdAt", device.createdAt)
                object.field("lastUsedAt", device.lastUsedAt)
                object.field("expiresAt", device.expiresAt)
            }
        }
    }
}
