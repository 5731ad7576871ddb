// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import CLMSPostgres
internal import LMSTenancy

/// The bound values of one statement in libpq's form; reused from statement to statement.
@safe struct ParameterBuffer: ~Copyable {
    private var bytes: [UInt8] = []
    private var offsets: [Int] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []
    private(set) var types: [Oid] = []
    private var pointers: [UnsafePointer<CChar>?] = unsafe []

    var count: Int32 { Int32(offsets.count) }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        offsets.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
        formats.removeAll(keepingCapacity: true)
        types.removeAll(keepingCapacity: true)
    }

    mutating func append(_ value: DatabaseValue) {
        types.append(value.typeIdentifier)
        if value.isNull {
            offsets.append(-1)
            lengths.append(0)
            formats.append(1)
            return
        }
        let start = bytes.count
        value.encode(into: &bytes)
        offsets.append(start)
        lengths.append(Int32(bytes.count - start))
        if value.isTextFormat {
            formats.append(0)
            bytes.append(0)
        } else {
            formats.append(1)
        }
    }

    mutating func append(text: String) {
        types.append(DatabaseType.text.rawValue)
        offsets.append(bytes.count)
        bytes.append(contentsOf: text.utf8)
        lengths.append(Int32(text.utf8.count))
        formats.append(1)
    }

    /// Calls libpq with the arrays it wants; they are valid during the call only.
    mutating func withArrays<Result>(
        _ body: (
            _ count: Int32, _ types: UnsafePointer<Oid>?, _ values: UnsafePointer<UnsafePointer<CChar>?>?,
            _ lengths: UnsafePointer<Int32>?, _ formats: UnsafePointer<Int32>?
        ) -> Result
    ) -> Result {
        // An empty value needs an address too: NULL would be SQL NULL.
        if bytes.isEmpty { bytes.append(0) }
        unsafe pointers.removeAll(keepingCapacity: true)
        return unsafe bytes.withUnsafeBytes { bytes in
            let base = unsafe bytes.bindMemory(to: CChar.self).baseAddress
            for offset in offsets {
                unsafe pointers.append(offset < 0 ? nil : base.map { unsafe $0 + offset })
            }
            return unsafe types.withUnsafeBufferPointer { types in
                unsafe pointers.withUnsafeBufferPointer { pointers in
                    unsafe lengths.withUnsafeBufferPointer { lengths in
                        unsafe formats.withUnsafeBufferPointer { formats in
                            unsafe body(
                                Int32(offsets.count),
                                types.baseAddress,
                                pointers.baseAddress,
                                lengths.baseAddress,
                                formats.baseAddress
                            )
                        }
                    }
                }
            }
        }
    }
}
