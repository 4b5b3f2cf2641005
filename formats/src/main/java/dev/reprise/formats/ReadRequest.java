package dev.reprise.formats;

import java.nio.file.Path;

/**
 * One {@code read}: a path as the script gives it, where relative paths start, and the options.
 *
 * @param path a local path or {@code file:} URI; a file or a folder of part files
 * @param workingDirectory what a relative path is relative to
 */
public record ReadRequest(String path, Path workingDirectory, ReadOptions options) {}
