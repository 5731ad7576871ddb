// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSBlobDriver
internal import LMSKit
internal import Testing

@testable import LMSHost

@Suite struct BlobConfigurationTests {
    private let bucket = [
        "LMS_BLOB_STORE": "s3",
        "LMS_BLOB_S3_BUCKET": "school-files",
        "LMS_BLOB_S3_ACCESS_KEY": "AKIDEXAMPLE",
        "LMS_BLOB_S3_SECRET_KEY": "kD83-hnqP-0Zm2-wv5T",
    ]

    private func problems(_ variables: [String: String]) -> [String] {
        do {
            _ = try Configuration(variables)
            return []
        } catch {
            return error.problems
        }
    }

    @Test func `files are below the data directory unless another one is named`() throws {
        guard case .directory(let standard) = try Configuration(["LMS_DATA_DIR": "/var/lib/lms"]).blobs,
            case .directory(let chosen) = try Configuration(["LMS_BLOB_DIRECTORY": "/srv/files"]).blobs
        else {
            Issue.record("no directory")
            return
        }
        #expect(standard == "/var/lib/lms/blobs" && chosen == "/srv/files")
    }

    @Test func `files are sent to the store itself only where that is wanted, and there is a bucket`() throws {
        #expect(try Configuration([:]).directUploads == .off)
        let alone = problems(["LMS_DIRECT_UPLOADS": "on"])
        #expect(alone.count == 1 && alone.first?.hasPrefix("LMS_DIRECT_UPLOADS=on needs LMS_BLOB_STORE=s3") == true)
        #expect(problems(["LMS_DIRECT_UPLOADS": "maybe"]).count == 1)
        #if Curl
            #expect(try Configuration(bucket).directUploads == .off)
            #expect(try Configuration(bucket.merging(["LMS_DIRECT_UPLOADS": "on"]) { $1 }).directUploads == .on)
            #expect(problems(["LMS_BLOB_STORE": "s3", "LMS_DIRECT_UPLOADS": "on"]).count == 3)
        #endif
    }

    #if Curl
        @Test func `a bucket is at Amazon's in its region unless another service is named`() throws {
            let prefix = ["LMS_BLOB_S3_PREFIX": "academy/", "LMS_BLOB_S3_STYLE": "host"]
            let region = ["LMS_BLOB_S3_REGION": "eu-central-1"]
            guard
                case .bucket(let standard, nil) = try Configuration(bucket.merging(region) { $1 }).blobs,
                case .bucket(let chosen, nil) = try Configuration(
                    bucket.merging(prefix) { $1 }.merging(["LMS_BLOB_S3_ENDPOINT": "http://storage:9000"]) { $1 }
                ).blobs
            else {
                Issue.record("no bucket")
                return
            }
            #expect(standard.endpoint == S3Endpoint("https://s3.eu-central-1.amazonaws.com"))
            #expect(standard.region == "eu-central-1" && standard.prefix.isEmpty && standard.style == .path)
            #expect(chosen.endpoint == S3Endpoint("http://storage:9000"))
            #expect(chosen.region == "us-east-1" && chosen.prefix == "academy/" && chosen.style == .host)
        }

        @Test func `everything that a bucket lacks is told at once, and no secret`() {
            #expect(problems(["LMS_BLOB_STORE": "s3"]).count == 3)
            let wrong = [
                "LMS_BLOB_S3_BUCKET": "School Files", "LMS_BLOB_S3_ENDPOINT": "storage", "LMS_BLOB_S3_PREFIX": "a/../",
                "LMS_BLOB_S3_STYLE": "dns", "LMS_BLOB_S3_REGION": "eu central", "LMS_BLOB_S3_CA_FILE": "/nowhere",
                "LMS_BLOB_S3_ACCESS_KEY": "a/b",
            ]
            let problems = problems(bucket.merging(wrong) { $1 })
            #expect(problems.count == wrong.count)
            #expect(!problems.joined().contains("kD83"))
        }

        @Test func `files are not sent in the clear in production`() {
            let environment = [
                "LMS_ENV": "production",
                "LMS_BASE_DOMAINS": "learn.acme.org",
                "DATABASE_URL": "postgres://lms_directory:kD83-hnqP-0Zm2-wv5T@db.internal/lms?sslmode=verify-full",
                "LMS_MASTER_KEY": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
                "LMS_TRUSTED_PROXIES": "10.0.0.0/8",
            ]
            let good = environment.merging(bucket) { $1 }
            #expect(problems(good).isEmpty)
            let problems = problems(good.merging(["LMS_BLOB_S3_ENDPOINT": "http://storage:9000"]) { $1 })
            #expect(problems.count == 1 && problems[0].contains("LMS_BLOB_S3_ENDPOINT"))
        }
    #endif

    @Test(arguments: ["s4", "S3", "azure"]) func `a store that is none is refused`(name: String) {
        #expect(problems(["LMS_BLOB_STORE": name]).count == 1)
    }
}
