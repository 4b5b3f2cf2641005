package dev.reprise.formats;

import dev.reprise.formats.onnx.Layer;
import java.util.List;

/**
 * What a read of a network gave.
 *
 * @param fingerprint 32 hexadecimal digits that name exactly the content that was read, weights in
 *     other files included
 */
public record NetworkResult(List<Layer> layers, String fingerprint) {}
