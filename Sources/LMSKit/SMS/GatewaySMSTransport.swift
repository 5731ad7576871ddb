// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Sends text messages through a gateway that takes them as an HTTP request, as most carriers have one.
///
/// What the gateway is sent is the operator's to say: names of fields, and values in which `{number}`, `{text}` and `{reference}` stand for the
/// message's own. The reference also is the `Idempotency-Key`, so that a gateway that knows it sends a repeated message once.
public struct GatewaySMSTransport: SMSTransport {
    private let http: any HTTPClient
    private let gateway: SMSGateway

    /// Makes a transport.
    ///
    /// - Parameters:
    ///   - http: Calls the gateway.
    ///   - gateway: Where it is, and what it is sent.
    public init(http: any HTTPClient, gateway: SMSGateway) {
        self.http = http
        self.gateway = gateway
    }

    /// Hands one message over.
    public func send(_ text: String, to number: String, reference: String) async throws(SMSTransportError) {
        guard number.first == "+", (2...15).contains(number.dropFirst().utf8.count),
            number.dropFirst().utf8.allSatisfy({ $0.isDigit })
        else { throw .refused }
        var fields = [("Content-Type", gateway.format.mediaType), ("Idempotency-Key", reference)]
        if let authorization = gateway.authorization { fields.append(("Authorization", authorization.reveal())) }
        let request = OutgoingRequest(
            gateway.method,
            gateway.url,
            fields: fields,
            body: gateway.body(text, to: number, reference: reference),
            timeout: .seconds(20),
            limitInBytes: 65_536
        )
        let status: Int
        do throws(OutgoingError) {
            status = try await http.send(request).status
        } catch {
            throw error == .malformed ? .refused : .tryLater
        }
        switch status {
        case 200..<300: return
        // What is wrong with the account, the pace or the gateway itself is put right, and nothing is lost meanwhile.
        case 401, 402, 403, 408, 409, 425, 429: throw .tryLater
        case 400..<500: throw .refused
        default: throw .tryLater
        }
    }
}

/// A gateway for text messages, and what it is sent.
public struct SMSGateway: Sendable {
    /// Where it is.
    public let url: String
    /// How it is asked: `.post` or `.put`.
    public let method: OutgoingRequest.Method
    /// How what is sent is written.
    public let format: Format
    /// What is sent: names, and values with `{number}`, `{text}` and `{reference}`.
    public let fields: [(name: String, value: String)]
    /// Who asks, as the field `Authorization` has it.
    public let authorization: Secret<String>?

    /// How what is sent is written.
    public enum Format: String, Sendable, Hashable, CaseIterable {
        /// `application/x-www-form-urlencoded`.
        case form
        /// A JSON object of texts.
        case json

        var mediaType: String {
            switch self {
            case .form: "application/x-www-form-urlencoded"
            case .json: "application/json"
            }
        }
    }

    /// Describes a gateway.
    ///
    /// - Parameters:
    ///   - url: Where it is.
    ///   - method: How it is asked: `.post` or `.put`.
    ///   - format: How what is sent is written.
    ///   - fields: What is sent; `nil` is returned if no value has `{number}` or none has `{text}`.
    ///   - authorization: Who asks, as the field `Authorization` has it.
    public init?(
        url: String,
        method: OutgoingRequest.Method = .post,
        format: Format = .form,
        fields: [(name: String, value: String)],
        authorization: Secret<String>?
    ) {
        guard method == .post || method == .put, fields.contains(where: { $0.value.contains("{number}") }),
            fields.contains(where: { $0.value.contains("{text}") })
        else { return nil }
        self.url = url
        self.method = method
        self.format = format
        self.fields = fields
        self.authorization = authorization
    }

    /// What is sent for a message.
    func body(_ text: String, to number: String, reference: String) -> [UInt8] {
        let values = ["number": number, "text": text, "reference": reference]
        let filled = fields.map { (name: $0.name, value: Self.fill($0.value, values)) }
        switch format {
        case .form: return Array(FormText.encode(filled.map { ($0.name, Optional($0.value)) }).utf8)
        case .json:
            var json = JSONWriter()
            json.object { object in
                for (name, value) in filled { object.field(named: name, value) }
            }
            return json.bytes
        }
    }

    /// Puts values in the places of their names, once: what a value brings is not looked at again.
    private static func fill(_ template: String, _ values: [String: String]) -> String {
        var filled = ""
        var rest = template[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            let name = String(rest[rest.index(after: open)..<close])
            filled += rest[..<open] + (values[name] ?? "{\(name)}")
            rest = rest[rest.index(after: close)...]
        }
        return filled + rest
    }
}
