package dev.reprise.formats;

import java.nio.file.Path;

/**
 * An element of a list that was written to a folder.
 *
 * @param name null when the element has none
 * @param path of the element's file or folder
 */
public record ListEntry(String name, Path path) {}
