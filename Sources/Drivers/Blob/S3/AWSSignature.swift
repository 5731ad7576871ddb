// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// Signs requests to S3 as AWS Signature Version 4 says ("Authenticating Requests: Using the Authorization Header" and "… Using
/// Query Parameters" of the Amazon S3 API Reference).
struct AWSSignature: Sendable {
    let credentials: S3Configuration.Credentials
    let region: String
    let cryptography: any Cryptography

    /// A request as far as it is signed; names of fields in lower case.
    struct Request {
        var method: String
        var host: String
        /// Not encoded; of S3 it is encoded once, and `.` and `..` mean nothing.
        var path: String
        var query: [(name: String, value: String)] = []
        var fields: [(name: String, value: String)] = []
    }

    /// The fields that sign a request in its head; all that it has besides are signed too.
    func fields(
        _ request: Request,
        payload: String,
        at date: Date
    ) -> [(name: String, value: String)] {
        var request = request
        let time = Self.time(date)
        request.fields.append(("x-amz-content-sha256", payload))
        request.fields.append(("x-amz-date", time))
        if let token = credentials.sessionToken { request.fields.append(("x-amz-security-token", token.reveal())) }
        let (canonical, signed) = Self.canonical(request, payload: payload)
        let signature = signature(of: canonical, at: time)
        let authorization =
            "AWS4-HMAC-SHA256 Credential=\(credentials.accessKey)/\(scope(time)),SignedHeaders=\(signed),Signature=\(signature)"
        request.fields.append(("authorization", authorization))
        return request.fields
    }

    /// The query that signs a request which somebody else sends, with the fields that it has.
    func query(_ request: Request, for seconds: Int, at date: Date) -> String {
        var request = request
        let time = Self.time(date)
        let names = Self.signedNames(request)
        request.query.append(("X-Amz-Algorithm", "AWS4-HMAC-SHA256"))
        request.query.append(("X-Amz-Credential", "\(credentials.accessKey)/\(scope(time))"))
        request.query.append(("X-Amz-Date", time))
        request.query.append(("X-Amz-Expires", "\(seconds)"))
        request.query.append(("X-Amz-SignedHeaders", names))
        if let token = credentials.sessionToken { request.query.append(("X-Amz-Security-Token", token.reveal())) }
        let canonical = Self.canonical(request, payload: "UNSIGNED-PAYLOAD").text
        return "\(PercentEncoding.encode(request.query))&X-Amz-Signature=\(signature(of: canonical, at: time))"
    }

    private func scope(_ time: String) -> String { "\(time.prefix(8))/\(region)/s3/aws4_request" }

    private func signature(of canonical: String, at time: String) -> String {
        let digest = Self.hexadecimal(cryptography.sha256(Array(canonical.utf8)))
        let text = "AWS4-HMAC-SHA256\n\(time)\n\(scope(time))\n\(digest)"
        var key = Array("AWS4\(credentials.secret.reveal())".utf8)
        for part in [String(time.prefix(8)), region, "s3", "aws4_request", text] {
            key = cryptography.hmacSHA256(Array(part.utf8), key: key)
        }
        return Self.hexadecimal(key)
    }

    private static func canonical(_ request: Request, payload: String) -> (text: String, signed: String) {
        var all = request.fields
        all.append(("host", request.host))
        let fields = all.sorted { $0.name < $1.name }.map { "\($0.name):\($0.value)\n" }.joined()
        let signed = signedNames(request)
        let path = PercentEncoding.encode(request.path, isPath: true)
        let query = PercentEncoding.encode(request.query)
        return ("\(request.method)\n\(path)\n\(query)\n\(fields)\n\(signed)\n\(payload)", signed)
    }

    private static func signedNames(_ request: Request) -> String {
        (request.fields.map(\.name) + ["host"]).sorted().joined(separator: ";")
    }

    static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// `20130524T000000Z`.
    static func time(_ date: Date) -> String {
        date.formatted(.iso8601.dateSeparator(.omitted).timeSeparator(.omitted))
    }
}
