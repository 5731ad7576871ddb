// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// Signs requests to Azure Storage ("Authorize with Shared Key") and addresses for others ("Create a service SAS" of
/// the Azure Storage REST API Reference).
struct AzureSignature: Sendable {
    let account: String
    let key: Secret<[UInt8]>
    let cryptography: any Cryptography

    /// The version of the service that is spoken, by requests and by addresses: what is signed depends on it.
    static let version = "2021-12-02"

    /// A request as far as it is signed; names of fields and of the query's parts in lower case.
    struct Request {
        var method: String
        /// Not encoded.
        var path: String
        var query: [(name: String, value: String)] = []
        var fields: [(name: String, value: String)] = []
        var byteCount = 0
    }

    /// The fields whose values are signed without their names, after the length, in this order.
    private static let standard = [
        "content-md5", "content-type", "date", "if-modified-since", "if-match", "if-none-match", "if-unmodified-since",
        "range",
    ]

    /// The value of `Authorization`.
    func authorization(of request: Request) -> String {
        "SharedKey \(account):\(signature(of: text(of: request)))"
    }

    /// What is signed of a request.
    func text(of request: Request) -> String {
        func value(_ name: String) -> String { request.fields.first { $0.name == name }?.value ?? "" }
        let length = request.byteCount == 0 ? "" : "\(request.byteCount)"
        let head =
            [request.method, value("content-encoding"), value("content-language"), length]
            + Self.standard.map(value)
        let fields = request.fields.filter { $0.name.hasPrefix("x-ms-") }.sorted { $0.name < $1.name }
            .map { "\($0.name):\($0.value)" }
        let resource = "/\(account)\(PercentEncoding.encode(request.path, isPath: true))"
        let query = request.query.sorted { $0.name < $1.name }.map { "\($0.name):\($0.value)" }
        return (head + fields + [resource] + query).joined(separator: "\n")
    }

    /// A query by which whoever has it reads one blob.
    ///
    /// - Parameters:
    ///   - resource: Container and name, `files/a/b`.
    ///   - end: Until when.
    ///   - protocols: `https`, or `https,http`.
    ///   - mediaType: What the blob is called in the reply.
    ///   - disposition: How it is to be used.
    /// - Returns: The query, encoded.
    func readingQuery(
        _ resource: String,
        until end: Date,
        protocols: String,
        mediaType: String,
        disposition: String?
    ) -> String {
        let end = end.formatted(.iso8601)
        // No beginning, so that a clock that is a little slow does no harm.
        let text = [
            "r", "", end, "/blob/\(account)/\(resource)", "", "", protocols, Self.version, "b", "", "",
            "", disposition ?? "", "", "", mediaType,
        ].joined(separator: "\n")
        var query = [
            (name: "se", value: end), (name: "sp", value: "r"), (name: "spr", value: protocols),
            (name: "sv", value: Self.version), (name: "sr", value: "b"), (name: "rsct", value: mediaType),
        ]
        if let disposition { query.append((name: "rscd", value: disposition)) }
        query.append((name: "sig", value: signature(of: text)))
        return PercentEncoding.encode(query)
    }

    private func signature(of text: String) -> String {
        Data(cryptography.hmacSHA256(Array(text.utf8), key: key.reveal())).base64EncodedString()
    }
}
