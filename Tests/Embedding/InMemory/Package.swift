// swift-tools-version: 6.3
import PackageDescription

let package = Package(
    name: "in-memory",
    platforms: [.macOS(.v26)],
    dependencies: [
        .package(name: "lms", path: "../../..")
    ],
    targets: [
        .executableTarget(
            name: "InMemory",
            dependencies: [
                .product(name: "LMSKit", package: "lms"),
                .product(name: "LMSTenancy", package: "lms"),
            ],
            swiftSettings: [.treatAllWarnings(as: .error)]
        )
    ]
)
