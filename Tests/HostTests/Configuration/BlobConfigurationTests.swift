// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSBlobDriver
internal import LMSKit
internal import LMSTenancy
internal import Testing

@testable import LMSHost

@Suite struct BlobConfigurationTests {
    private let bucket = [
        "LMS_BLOB_STORE": "s3",
        "LMS_BLOB_S3_BUCKET": "school-files",
        "LMS_BLOB_S3_ACCESS_KEY": "AKIDEXAMPLE",
        "LMS_BLOB_S3_SECRET_KEY": "kD83-hnqP-0Zm2-wv5T",
    ]

    private let container = [
        "LMS_BLOB_STORE": "azure",
        "LMS_BLOB_AZURE_ACCOUNT": "academy",
        "LMS_BLOB_AZURE_CONTAINER": "school-files",
        "LMS_BLOB_AZURE_KEY": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw"
            + "==",
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
            #expect(standard.endpoint == ServiceEndpoint("https://s3.eu-central-1.amazonaws.com"))
            #expect(standard.region == "eu-central-1" && standard.prefix.isEmpty && standard.style == .path)
            #expect(chosen.endpoint == ServiceEndpoint("http://storage:9000"))
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

        @Test func `a container is at Microsoft's unless another service is named`() throws {
            let other = [
                "LMS_BLOB_AZURE_ENDPOINT": "http://127.0.0.1:10000", "LMS_BLOB_AZURE_STYLE": "path",
                "LMS_BLOB_AZURE_PREFIX": "academy/",
            ]
            guard case .container(let standard, nil) = try Configuration(container).blobs,
                case .container(let chosen, nil) = try Configuration(container.merging(other) { $1 }).blobs
            else {
                Issue.record("no container")
                return
            }
            #expect(standard.endpoint == ServiceEndpoint("https://blob.core.windows.net"))
            #expect(standard.account == "academy" && standard.container == "school-files")
            #expect(standard.prefix.isEmpty && standard.style == .host)
            guard case .key(let key) = standard.credentials else {
                Issue.record("no key")
                return
            }
            #expect(key.reveal() == Array(0..<64))
            #expect(chosen.endpoint == ServiceEndpoint("http://127.0.0.1:10000"))
            #expect(chosen.prefix == "academy/" && chosen.style == .path)
        }

        @Test func `a container is reached by a key or by a shared access signature, and not by both`() throws {
            var granted = container
            granted["LMS_BLOB_AZURE_SAS"] = "?sv=2021-12-02&sr=c&sp=rcwdl&se=2030-01-01T00%3A00%3A00Z&sig=kD83hnqP%3D"
            let both = problems(granted)
            #expect(both.count == 1 && both[0].contains("LMS_BLOB_AZURE_KEY and LMS_BLOB_AZURE_SAS"))
            #expect(!both[0].contains("kD83"))
            granted["LMS_BLOB_AZURE_KEY"] = nil
            guard case .container(let configuration, nil) = try Configuration(granted).blobs,
                case .sharedAccess = configuration.credentials
            else {
                Issue.record("no signature")
                return
            }
        }

        @Test func `everything that a container lacks is told at once, and no secret`() {
            #expect(problems(["LMS_BLOB_STORE": "azure"]).count == 3)
            let wrong = [
                "LMS_BLOB_AZURE_ACCOUNT": "The-Academy", "LMS_BLOB_AZURE_CONTAINER": "school--files",
                "LMS_BLOB_AZURE_ENDPOINT": "storage", "LMS_BLOB_AZURE_STYLE": "dns", "LMS_BLOB_AZURE_PREFIX": "/a/",
                "LMS_BLOB_AZURE_CA_FILE": "/nowhere", "LMS_BLOB_AZURE_KEY": "kD83-hnqP-0Zm2-wv5T",
            ]
            let problems = problems(container.merging(wrong) { $1 })
            #expect(problems.count == wrong.count)
            #expect(!problems.joined().contains("kD83"))
            var granted = container
            granted["LMS_BLOB_AZURE_KEY"] = nil
            granted["LMS_BLOB_AZURE_SAS"] = "kD83-hnqP-0Zm2-wv5T"
            let refused = self.problems(granted)
            #expect(refused.count == 1 && refused[0].hasPrefix("LMS_BLOB_AZURE_SAS "))
            #expect(!refused[0].contains("kD83"))
        }

        @Test func `the doctor says that a container is not reached, and where to look`() async throws {
            let unreachable = ["LMS_BLOB_AZURE_ENDPOINT": "http://127.0.0.1:1", "LMS_BLOB_AZURE_STYLE": "path"]
            let blobs = try Configuration(container.merging(unreachable) { $1 }).blobs
            let finding = await blobs.finding()
            #expect(finding?.state == .bad && finding?.detail.contains("container academy/school-files") == true)
            #expect(finding?.detail.contains("LMS_BLOB_STORE") == true && finding?.detail.contains("AAECA") == false)
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
            let azure = environment.merging(container) { $1 }
            #expect(self.problems(azure).isEmpty)
            let clear = self.problems(azure.merging(["LMS_BLOB_AZURE_ENDPOINT": "http://storage:10000"]) { $1 })
            #expect(clear.count == 1 && clear[0].contains("LMS_BLOB_AZURE_ENDPOINT"))
        }
    #endif

    @Test(arguments: ["s4", "S3", "Azure", "gcs"]) func `a store that is none is refused`(name: String) {
        #expect(problems(["LMS_BLOB_STORE": name]).count == 1)
    }
}
