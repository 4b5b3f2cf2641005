package dev.reprise.engine.report;

import dev.reprise.SessionConfig;
import dev.reprise.formats.metrics.MetricFiles;
import dev.reprise.formats.metrics.ScriptVersion;
import java.time.InstantSource;

/** What a session keeps of the metrics that scripts tell, or that it keeps none. Thread-safe. */
public final class SessionMetrics implements AutoCloseable {
  /** Null when none are kept. */
  private final MetricFiles files;

  private SessionMetrics(MetricFiles files) {
    this.files = files;
  }

  /** Keeps metrics where the configuration names a place for them. */
  public static SessionMetrics of(SessionConfig config) {
    return new SessionMetrics(
        config.metrics() == null
            ? null
            : new MetricFiles(
                config.workingDirectory().resolve(config.metrics()), InstantSource.system()));
  }

  /** False when metrics are told to nobody. */
  public boolean areKept() {
    return files != null;
  }

  /** Where control threads tell theirs. */
  public MetricSink sink() {
    return files == null ? MetricSink.NONE : files::add;
  }

  /** A run of a script begins, which an earlier one may not have brought to its end. */
  public void begin(ScriptVersion script) {
    if (files != null) {
      files.begin(script);
    }
  }

  /** The run of a script has come to its end. */
  public void end(ScriptVersion script) {
    if (files != null) {
      files.end(script);
    }
  }

  /** A checkpoint was resumed: the script may tell again what the table of metrics has. */
  public void resume() {
    if (files != null) {
      files.goOn();
    }
  }

  @Override
  public void close() {
    if (files != null) {
      files.close();
    }
  }
}
