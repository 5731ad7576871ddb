// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSOpenSSLDriver
import LMSTenancy
import Testing

@testable import LMSBlobDriver

/// The examples of the Amazon S3 API Reference: "Signature Calculations for the Authorization Header" and "Authenticating
/// Requests: Using Query Parameters".
@Suite struct AWSSignatureTests {
    let signature: AWSSignature
    private let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    /// The moment of all examples: 20130524T000000Z.
    private let date = Date(timeIntervalSince1970: 1_369_353_600)

    init() throws {
        signature = AWSSignature(
            credentials: S3Configuration.Credentials(
                accessKey: "AKIAIOSFODNN7EXAMPLE",
                secret: Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
            ),
            region: "us-east-1",
            cryptography: try OpenSSLCryptography()
        )
    }

    private func request(_ method: String, _ path: String) -> AWSSignature.Request {
        AWSSignature.Request(method: method, host: "examplebucket.s3.amazonaws.com", path: path)
    }

    private func authorization(_ request: AWSSignature.Request, payload: String) -> String? {
        signature.fields(request, payload: payload, at: date).last { $0.name == "authorization" }?.value
    }

    private func expected(_ fields: String, _ signature: String) -> String {
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=\(fields),Signature=\(signature)"
    }

    @Test func `reading a range is signed as in the example`() {
        var request = request("GET", "/test.txt")
        request.fields = [("range", "bytes=0-9")]
        let signature = "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
        let expected = expected("host;range;x-amz-content-sha256;x-amz-date", signature)
        #expect(authorization(request, payload: empty) == expected)
    }

    @Test func `storing under a name that has to be encoded is signed as in the example`() throws {
        var request = request("PUT", "/test$file.text")
        request.fields = [("date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")]
        let content = AWSSignature.hexadecimal(try OpenSSLCryptography().sha256(Array("Welcome to Amazon S3.".utf8)))
        let signature = "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
        let expected = expected("date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class", signature)
        #expect(authorization(request, payload: content) == expected)
    }

    @Test func `a query without a value is signed as in the example`() {
        var request = request("GET", "/")
        request.query = [("lifecycle", "")]
        let signature = "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
        let expected = expected("host;x-amz-content-sha256;x-amz-date", signature)
        #expect(authorization(request, payload: empty) == expected)
    }

    @Test func `a query is signed in order, as in the example`() {
        var request = request("GET", "/")
        request.query = [("prefix", "J"), ("max-keys", "2")]
        let signature = "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
        let expected = expected("host;x-amz-content-sha256;x-amz-date", signature)
        #expect(authorization(request, payload: empty) == expected)
    }

    @Test func `an address is signed as in the example`() {
        let query = signature.query(request("GET", "/test.txt"), for: 86_400, at: date)
        let expected =
            "X-Amz-Algorithm=AWS4-HMAC-SHA256"
            + "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
            + "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
            + "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
        #expect(query == expected)
    }

    @Test(arguments: [
        ("https://s3.example.org", "https", "s3.example.org"),
        ("https://S3.example.org:443/", "https", "s3.example.org"),
        ("http://127.0.0.1:9000", "http", "127.0.0.1:9000"), ("http://[::1]:9000", "http", "[::1]:9000"),
        ("http://storage:80", "http", "storage"), ("https://storage:80", "https", "storage:80"),
    ])
    func `the address of a service is read`(text: String, scheme: String, authority: String) throws {
        let endpoint = try #require(ServiceEndpoint(text))
        #expect(endpoint.scheme == scheme && endpoint.authority == authority)
    }

    @Test(arguments: [
        "", "s3.example.org", "ftp://s3.example.org", "https://", "https://s3.example.org/bucket", "https://a b",
        "https://user@s3.example.org", "https://s3.example.org:", "https://s3.example.org:99999", "https://h:+80",
        "https://h?x", "https://[zz]", "https:/h",
    ])
    func `what is no address of a service is refused`(text: String) {
        #expect(ServiceEndpoint(text) == nil)
    }
}
