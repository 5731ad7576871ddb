// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Paper
    internal import CLMSPango
    internal import LMSKit

    /// The one owner of a cairo surface.
    @safe struct SurfaceHandle: ~Copyable {
        let pointer: OpaquePointer

        /// Takes a surface; cairo gives one even when it fails, in an error state.
        init(_ pointer: OpaquePointer?) throws(CertificatePressError) {
            guard let pointer = unsafe pointer else { throw .failed(reason: "no memory") }
            unsafe self.pointer = pointer
        }

        deinit { unsafe cairo_surface_destroy(pointer) }

        func check() throws(CertificatePressError) {
            try CairoStatus.check(unsafe cairo_surface_status(pointer))
        }
    }

    /// The one owner of a cairo drawing context.
    @safe struct DrawingHandle: ~Copyable {
        let pointer: OpaquePointer

        init(on surface: borrowing SurfaceHandle) throws(CertificatePressError) {
            guard let pointer = unsafe cairo_create(surface.pointer) else { throw .failed(reason: "no memory") }
            unsafe self.pointer = pointer
        }

        deinit { unsafe cairo_destroy(pointer) }

        func check() throws(CertificatePressError) {
            try CairoStatus.check(unsafe cairo_status(pointer))
        }
    }

    /// The one owner of a pango context, made from the font map of this thread; it must not leave the thread.
    @safe struct TextContextHandle: ~Copyable {
        let pointer: OpaquePointer

        init() throws(CertificatePressError) {
            // Each thread has a default font map of its own (pango_cairo_font_map_get_default).
            guard let map = unsafe pango_cairo_font_map_get_default() else { throw .noFonts }
            guard let pointer = unsafe pango_font_map_create_context(map) else { throw .failed(reason: "no memory") }
            unsafe self.pointer = pointer
        }

        deinit { unsafe g_object_unref(UnsafeMutableRawPointer(pointer)) }
    }

    /// The one owner of a pango layout: a paragraph.
    @safe struct ParagraphHandle: ~Copyable {
        let pointer: OpaquePointer

        init(in context: borrowing TextContextHandle) throws(CertificatePressError) {
            guard let pointer = unsafe pango_layout_new(context.pointer) else { throw .failed(reason: "no memory") }
            unsafe self.pointer = pointer
        }

        deinit { unsafe g_object_unref(UnsafeMutableRawPointer(pointer)) }
    }

    /// The one owner of a font description.
    @safe struct FontHandle: ~Copyable {
        let pointer: OpaquePointer

        init() throws(CertificatePressError) {
            guard let pointer = unsafe pango_font_description_new() else { throw .failed(reason: "no memory") }
            unsafe self.pointer = pointer
        }

        deinit { unsafe pango_font_description_free(pointer) }
    }

    /// The one owner of a list of attributes.
    @safe struct AttributesHandle: ~Copyable {
        let pointer: OpaquePointer

        init() throws(CertificatePressError) {
            guard let pointer = unsafe pango_attr_list_new() else { throw .failed(reason: "no memory") }
            unsafe self.pointer = pointer
        }

        deinit { unsafe pango_attr_list_unref(pointer) }
    }

    /// The one owner of a walk over the runs of a paragraph.
    @safe struct RunWalkHandle: ~Copyable {
        let pointer: OpaquePointer

        init(over paragraph: borrowing ParagraphHandle) throws(CertificatePressError) {
            guard let pointer = unsafe pango_layout_get_iter(paragraph.pointer) else {
                throw .failed(reason: "no memory")
            }
            unsafe self.pointer = pointer
        }

        deinit { unsafe pango_layout_iter_free(pointer) }
    }

    /// The one owner of font options.
    @safe struct FontOptionsHandle: ~Copyable {
        let pointer: OpaquePointer

        init() throws(CertificatePressError) {
            guard let pointer = unsafe cairo_font_options_create() else { throw .failed(reason: "no memory") }
            unsafe self.pointer = pointer
        }

        deinit { unsafe cairo_font_options_destroy(pointer) }
    }

    /// What cairo says about its work.
    enum CairoStatus {
        static func check(_ status: cairo_status_t) throws(CertificatePressError) {
            guard status != CAIRO_STATUS_SUCCESS else { return }
            throw .failed(reason: unsafe cairo_status_to_string(status).map { unsafe String(cString: $0) } ?? "unknown")
        }
    }
#endif
