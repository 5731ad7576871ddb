// swift-tools-version: 6.3
import PackageDescription

let package = Package(
    name: "foreign-server",
    platforms: [.macOS(.v26)],
    dependencies: [
        .package(name: "lms", path: "../../..")
    ],
    targets: [
        .executableTarget(
            name: "ForeignServer",
            dependencies: [
                .product(name: "LMSKit", package: "lms"),
                .product(name: "LMSPostgresDriver", package: "lms"),
                .product(name: "LMSTenancy", package: "lms"),
            ],
            swiftSettings: [.treatAllWarnings(as: .error)]
        )
    ]
)
