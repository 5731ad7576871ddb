// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSKit
import LMSOpenSSLDriver
import LMSTenancy
import Testing

@testable import LMSBlobDriver

/// What Microsoft's own code makes of the same requests: `SharedKeyCredentialPolicy` and `BlobSharedAccessSignature` of
/// azure-storage-blob 12.31.1, and `crc64` of azure-storage-extensions 0.1.0.
@Suite struct AzureSignatureTests {
    private typealias Request = AzureSignature.Request

    let signature: AzureSignature
    private let blob =
        "/files/school/0190c1de-0000-7000-8000-000000000001/02/0190c1de-0000-7000-8000-000000000002"
    private let moment = Date(timeIntervalSince1970: 1_369_353_600)
    private let dated = [
        (name: "x-ms-date", value: "Fri, 24 May 2013 00:00:00 GMT"), (name: "x-ms-version", value: "2021-12-02"),
    ]
    private let written = [(name: "content-type", value: "application/octet-stream")]

    init() throws {
        signature = AzureSignature(
            account: "academy",
            key: Secret(Array(0..<64)),
            cryptography: try OpenSSLCryptography()
        )
    }

    @Test func `storing a blob is signed as Microsoft does`() {
        let fields = [
            (name: "x-ms-content-crc64", value: "fIG6W103sUs="), (name: "x-ms-blob-type", value: "BlockBlob"),
        ]
        let request = Request(method: "PUT", path: blob, fields: fields + written + dated, byteCount: 11)
        let text =
            "PUT\n\n\n11\n\napplication/octet-stream\n\n\n\n\n\n\nx-ms-blob-type:BlockBlob\n"
            + "x-ms-content-crc64:fIG6W103sUs=\nx-ms-date:Fri, 24 May 2013 00:00:00 GMT\nx-ms-version:2021-12-02\n"
            + "/academy\(blob)"
        #expect(signature.text(of: request) == text)
        let expected = "SharedKey academy:RBiHaZUpLEgYzUG7JoZONzXnBZUiD5iwM+1NOQiGFtQ="
        #expect(signature.authorization(of: request) == expected)
    }

    @Test func `a blob without content has no length in what is signed, but conditions and what is said of it`() {
        let fields = [
            (name: "x-ms-blob-type", value: "BlockBlob"), (name: "if-none-match", value: "*"),
            (name: AzureBlobStore.discarded, value: "1"),
        ]
        let request = Request(method: "PUT", path: blob, fields: fields + written + dated)
        let expected = "SharedKey academy:4UdVugjmFSAHj4oYOT9d4lPntscVS+H1q8uJ51zb48U="
        #expect(signature.authorization(of: request) == expected)
    }

    @Test func `storing a block is signed with its name as it is before it is encoded`() throws {
        let path = blob.dropFirst("/files/school/".count)
        let key = try #require(BlobKey(path: path))
        let block = AzureBlobStore.block(12, of: BlobUpload(key, token: "00000000000000ff"))
        #expect(block == "MDAwMDAwMDAwMDAwMDBmZi4wMDAwMDEy")
        let fields = [(name: "x-ms-content-crc64", value: AzureChecksum.text(Array("Hello, blob".utf8)))]
        let query = [(name: "comp", value: "block"), (name: "blockid", value: block)]
        let request = Request(
            method: "PUT",
            path: blob,
            query: query,
            fields: fields + written + dated,
            byteCount: 11
        )
        let expected = "SharedKey academy:v9XTMWiu9gh25ZhnqReXm1m3eKERyZvAy59a/vBLclk="
        #expect(signature.authorization(of: request) == expected)
    }

    @Test func `reading a range of one version is signed as Microsoft does`() {
        let fields = [
            (name: "if-match", value: "\"0x8DC0000000000000\""), (name: "x-ms-range", value: "bytes=0-9"),
        ]
        let request = Request(method: "GET", path: blob, fields: fields + dated)
        let expected = "SharedKey academy:0R5eQGOo2ZxcNQWj9jnGygkEP8ovtyB+plNjAYUuHAE="
        #expect(signature.authorization(of: request) == expected)
    }

    @Test func `a query is signed in order`() {
        let query = [
            (name: "restype", value: "container"), (name: "comp", value: "list"),
            (name: "prefix", value: "school/a b/"), (name: "maxresults", value: "1000"),
            (name: "include", value: "metadata"), (name: "marker", value: "c2Nob29sL2E="),
        ]
        let request = Request(method: "GET", path: "/files", query: query, fields: dated)
        let expected = "SharedKey academy:u6AP05T5ECprzuYlD3TsXGEGJiJARHt+/FJ0h+LHLNQ="
        #expect(signature.authorization(of: request) == expected)
    }

    @Test func `an account that is in the path is signed twice, as emulators demand`() {
        let fields = [
            (name: "x-ms-delete-snapshots", value: "include"), (name: "if-match", value: "\"0x8DC0000000000000\""),
        ]
        let request = Request(method: "DELETE", path: "/academy\(blob)", fields: fields + written + dated)
        let expected = "SharedKey academy:rViHO2bugwTiUQy4HyUYOWaD6gSmssXHKYnzB1aR4vE="
        #expect(signature.authorization(of: request) == expected)
    }

    @Test(arguments: [
        (
            "https", "text/plain", "attachment; filename*=UTF-8''%C3%9Cberblick",
            "ugzt4j5Eo62i5r2ViULDwygkWgwgQNcD3dVDxeLgPkA="
        ),
        ("https,http", "image/png", nil, "LvLz2rysjYubHx0NjLGfDQV6JvbyQoC/91qUiLc6c9Q="),
    ])
    func `an address is signed as Microsoft does`(
        protocols: String,
        mediaType: String,
        disposition: String?,
        expected: String
    ) {
        let query = signature.readingQuery(
            String(blob.dropFirst()),
            until: moment.addingTimeInterval(300),
            protocols: protocols,
            mediaType: mediaType,
            disposition: disposition
        )
        let parts = query.split(separator: "&")
        #expect(parts.contains("sig=\(PercentEncoding.encode(expected))"))
        #expect(parts.contains("se=2013-05-24T00%3A05%3A00Z") && parts.contains("sv=2021-12-02"))
        #expect(parts.contains("sp=r") && parts.contains("sr=b") && !query.contains("st="))
    }

    @Test func `checksums are those of Microsoft`() {
        #expect(AzureChecksum.text([]) == "AAAAAAAAAAA=")
        #expect(AzureChecksum.crc64(Array("123456789".utf8)) == 0xAE8B_1486_0A79_9888)
        #expect(AzureChecksum.text(Array("123456789".utf8)) == "iJh5CoYUi64=")
        #expect(AzureChecksum.text((0..<100_000).map { UInt8(truncatingIfNeeded: $0 * 7) }) == "OyrVip0jL3Q=")
    }

    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (1_369_353_600, "Fri, 24 May 2013 00:00:00 GMT"), (1_709_251_199, "Thu, 29 Feb 2024 23:59:59 GMT"),
        (4_102_444_800, "Fri, 01 Jan 2100 00:00:00 GMT"),
    ])
    func `moments are written and read as HTTP has them`(seconds: Int, text: String) {
        let date = Date(timeIntervalSince1970: TimeInterval(seconds))
        #expect(AzureDate.text(date) == text)
        #expect(AzureDate.read(text) == date)
    }

    @Test(arguments: ["", "yesterday", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Foo 1994 08:49:37 GMT", "a b c d e GMT"])
    func `what is no moment is none`(text: String) {
        #expect(AzureDate.read(text) == nil)
    }

    @Test func `a key and a signature are read as Azure shows them, and nothing else is`() throws {
        typealias Credentials = AzureConfiguration.Credentials
        let key = Data(0..<64).base64EncodedString()
        guard case .key(let bytes) = Credentials(key: Secret(key)) else {
            Issue.record("no key")
            return
        }
        #expect(bytes.reveal() == Array(0..<64))
        #expect(Credentials(key: Secret("not base64")) == nil && Credentials(key: Secret("c2hvcnQ=")) == nil)
        let granted = "sv=2021-12-02&sr=c&sp=rcwdl&se=2030-01-01T00:00:00Z&sig=a%2Bb%3D"
        guard case .sharedAccess(let query) = Credentials(sharedAccess: Secret("?\(granted)")) else {
            Issue.record("no signature")
            return
        }
        #expect(query.reveal() == granted)
        for wrong in [
            "", "?", "sv=1", "sig=1", "sv=1&sig=1&comp=list", "sv=1&sig=1 2", "sv=1&sig=1#2", "sv=1&sig=\r\n",
        ] {
            #expect(Credentials(sharedAccess: Secret(wrong)) == nil, "\(wrong)")
        }
    }

    @Test func `an account stands in the host's name, or in the path`() throws {
        let endpoint = try #require(AzureConfiguration.standardEndpoint)
        let credentials = AzureConfiguration.Credentials.key(Secret(Array(0..<64)))
        var configuration = AzureConfiguration(
            endpoint: endpoint,
            account: "academy",
            container: "files",
            credentials: credentials
        )
        #expect(configuration.host == "academy.blob.core.windows.net")
        #expect(configuration.path("a/b") == "/files/a/b" && configuration.path("") == "/files")
        configuration.style = .path
        #expect(configuration.host == "blob.core.windows.net")
        #expect(configuration.path("a/b") == "/academy/files/a/b" && configuration.path("") == "/academy/files")
    }
}
