package dev.reprise.engine.recall;

import dev.reprise.language.SourceFile;
import dev.reprise.language.SourceResolver;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** Notes which files scripts source, as they are found. Thread-safe. */
public final class RecordedSources implements SourceResolver {
  private final SourceResolver sources;
  private final List<RecalledRun.Sourced> found = new CopyOnWriteArrayList<>();

  RecordedSources(SourceResolver sources) {
    this.sources = sources;
  }

  @Override
  public Optional<SourceFile> library(String functionName) {
    return sources.library(functionName);
  }

  @Override
  public Optional<SourceFile> source(String path, SourceFile from) {
    Optional<SourceFile> file = sources.source(path, from);
    file.ifPresent(each ->
        found.add(
            new RecalledRun.Sourced(path, from.name(), from.origin(), each.name(), each.text())));
    return file;
  }

  @Override
  public Set<String> libraryFunctions() {
    return sources.libraryFunctions();
  }

  @Override
  public Set<String> librarySources() {
    return sources.librarySources();
  }

  /** What has been sourced so far, in order. */
  public List<RecalledRun.Sourced> found() {
    return List.copyOf(found);
  }

  /** True when the same files would be found now. */
  static boolean areSame(List<RecalledRun.Sourced> earlier, SourceResolver now) {
    for (RecalledRun.Sourced each : earlier) {
      Optional<SourceFile> file =
          now.source(each.path(), new SourceFile(each.from(), "", each.origin()));
      if (file.isEmpty()
          || !file.get().name().equals(each.found())
          || !file.get().text().equals(each.text())) {
        return false;
      }
    }
    return true;
  }
}
