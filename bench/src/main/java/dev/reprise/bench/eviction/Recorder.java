package dev.reprise.bench.eviction;

import dev.reprise.CompileOptions;
import dev.reprise.ReuseMode;
import dev.reprise.SessionConfig;
import dev.reprise.bench.eviction.ProbeTrace.Recorded;
import dev.reprise.cache.CacheEvents;
import dev.reprise.engine.ScriptCompiler;
import dev.reprise.engine.SessionServices;
import dev.reprise.lineage.Key;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Hears what a run asks its cache for. Events may come from any thread; each is one step. */
final class Recorder implements CacheEvents {
  private final List<Key> probed = new ArrayList<>();
  private final Map<Key, Recorded> admitted = new HashMap<>();
  private boolean evicted;

  /**
   * Runs a script with reuse of whole operations and room for everything.
   *
   * @param arguments what the script gets as {@code $name}
   * @throws IllegalStateException when something was evicted all the same, so that costs and order
   *     would be those of a starved run
   */
  static ProbeTrace record(String script, Map<String, Object> arguments) throws Exception {
    Map<String, String> words = new HashMap<>();
    arguments.forEach((name, value) -> words.put(name, value.toString()));
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    SessionConfig config =
        SessionConfig.defaults()
            .withReuse(ReuseMode.FULL)
            .withThreads(1)
            .withOutput(nowhere, nowhere);
    Recorder recorder = new Recorder();
    try (SessionServices services = SessionServices.keepingEverything(config, recorder)) {
      ScriptCompiler.compile(services, script, CompileOptions.none().arguments(words))
          .run(Map::of)
          .values()
          .values()
          .forEach(value -> value.release());
      return recorder.trace();
    }
  }

  @Override
  public synchronized void hit(Key key, long costNanos) {
    probed.add(key);
  }

  @Override
  public synchronized void claimed(Key key) {
    probed.add(key);
  }

  @Override
  public synchronized void waiting(Key key) {
    probed.add(key);
  }

  @Override
  public synchronized void admitted(Key key, long bytes, long costNanos, long height) {
    admitted.putIfAbsent(key, new Recorded(key, costNanos, bytes, height));
  }

  @Override
  public synchronized void evicted(Key key, long bytes, Eviction reason) {
    evicted |= reason != Eviction.CLEARED;
  }

  /** The probes so far of values that were kept; those of failed and unwanted ones are left out. */
  synchronized ProbeTrace trace() {
    if (evicted) {
      throw new IllegalStateException(
          "values were evicted while recording: give the run more memory or a smaller size");
    }
    Map<Key, Integer> positions = new HashMap<>();
    List<Recorded> values = new ArrayList<>();
    List<Integer> probes = new ArrayList<>();
    for (Key key : probed) {
      if (admitted.containsKey(key)) {
        Integer position = positions.putIfAbsent(key, values.size());
        if (position == null) {
          position = values.size();
          values.add(admitted.get(key));
        }
        probes.add(position);
      }
    }
    return new ProbeTrace(values, probes.stream().mapToInt(Integer::intValue).toArray());
  }
}
