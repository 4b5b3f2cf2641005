package dev.reprise.language;

import java.util.Optional;
import java.util.Set;

/**
 * Finds the files that a script refers to. Called from any thread that compiles.
 *
 * <p>A file that exists but cannot be read throws {@link java.io.UncheckedIOException}; the
 * compiler reports it at the place that asked.
 */
public interface SourceResolver {

  /** The file {@code f.dml} that supplies an unknown function {@code f}: user libraries first. */
  Optional<SourceFile> library(String functionName);

  /**
   * The text that defines a function which counts as the script's own although its text does not
   * hold it: one that an earlier input of a conversation has defined.
   */
  default Optional<SourceFile> definition(String functionName) {
    return Optional.empty();
  }

  /** The file that {@code source("path")} in another file means. */
  Optional<SourceFile> source(String path, SourceFile from);

  /** Names that {@link #library} knows, for hints at misspelt calls. */
  default Set<String> libraryFunctions() {
    return Set.of();
  }

  /** Paths that {@link #source} finds wherever the script lies, for hints at misspelt ones. */
  default Set<String> librarySources() {
    return Set.of();
  }
}
