package dev.reprise;

import dev.reprise.engine.Binding;
import dev.reprise.engine.Conversation;
import dev.reprise.engine.ScriptCompiler;
import dev.reprise.engine.SessionServices;
import dev.reprise.engine.replay.Replayer;
import dev.reprise.language.CompileException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * A set of options, a memory budget and a lineage cache that scripts share. Thread-safe; close it
 * after everything that it made.
 */
public final class Session implements AutoCloseable {
  private final SessionServices services;

  Session(SessionConfig config) {
    Objects.requireNonNull(config, "config");
    OptionPlaces.check(config);
    this.services = new SessionServices(config, dev.reprise.cache.CacheEvents.NONE);
  }

  /**
   * Compiles a script file.
   *
   * @throws CompileException with every mistake that was found
   * @throws IOException when the file cannot be read
   */
  public Script compile(Path file, CompileOptions options) throws CompileException, IOException {
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(options, "options");
    services.requireOpen("Session.compile");
    return new Script(ScriptCompiler.compile(services, file, options), this);
  }

  /** Compiles a script given as text. */
  public Script compile(String text, CompileOptions options) throws CompileException {
    Objects.requireNonNull(text, "text");
    Objects.requireNonNull(options, "options");
    services.requireOpen("Session.compile");
    return new Script(ScriptCompiler.compile(services, text, options), this);
  }

  /**
   * Does what an earlier run of a script file left in the session's experiment store: prints and
   * writes the same, if everything that the run depended on is the same now.
   *
   * @return null when the script is to be compiled and run
   */
  public RunStatistics recall(Path file, CompileOptions options) throws IOException {
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(options, "options");
    services.requireOpen("Session.recall");
    return ScriptCompiler.recall(services, file, options);
  }

  /** As the other, for a script given as text. */
  public RunStatistics recall(String text, CompileOptions options) {
    Objects.requireNonNull(text, "text");
    Objects.requireNonNull(options, "options");
    services.requireOpen("Session.recall");
    return ScriptCompiler.recall(services, text, options);
  }

  /** A conversation: inputs that share variables. Close it before the session. */
  public Workspace workspace() {
    services.requireOpen("Session.workspace");
    return new Workspace(new Conversation(services));
  }

  /** A matrix identified by its content. Rows must be equally long. */
  public Matrix matrix(double[][] rows) {
    return matrix(rows, null);
  }

  /**
   * A matrix identified by a name that the caller chooses: two matrices of the same version must
   * have the same content. Saves hashing large inputs.
   */
  public Matrix matrix(double[][] rows, String version) {
    Binding.Bound bound =
        whileOpen("Session.matrix", () -> Binding.matrix(services, rows, version));
    return new Matrix(bound.value(), bound.item(), this);
  }

  /**
   * Recomputes the value that a trace describes and writes it.
   *
   * @param format file format, or null for that of the file name
   */
  public void replay(Path trace, Path output, String format) throws IOException {
    replay(ReplayRequest.of(trace).withOutput(output, format));
  }

  /** Recomputes an item of a trace, and writes, compares or shows it. */
  public ReplayResult replay(ReplayRequest request) throws IOException {
    Objects.requireNonNull(request, "request");
    services.requireOpen("Session.replay");
    return new Replayer(services.sources()).replay(request);
  }

  /** Looks for accelerators, whatever the session uses; loads their drivers. */
  public DeviceReport accelerators() {
    services.requireOpen("Session.accelerators");
    return SessionServices.findAccelerators();
  }

  /**
   * How many times of operations (averages by opcode and size) earlier sessions have left for each
   * device, by its name; {@code auto} starts from them.
   */
  public Map<String, Integer> calibrated() {
    services.requireOpen("Session.calibrated");
    return services.calibrated();
  }

  /** Notes about devices and libraries that a report should show. */
  public List<String> deviceNotes() {
    services.requireOpen("Session.deviceNotes");
    return services.device().notes();
  }

  /**
   * Does something with the session's memory; closing waits for that.
   *
   * @param call of the API, as messages name it
   * @throws IllegalStateException when the session is closed
   */
  <T> T whileOpen(String call, Supplier<T> doing) {
    return services.whileOpen(call, doing);
  }

  /** As {@link #whileOpen} for what takes so little time that whoever closes need not wait. */
  void requireOpen(String call) {
    services.requireOpen(call);
  }

  /** Values with references for a run; none when one of them cannot be bound. */
  Map<String, Binding.Bound> bind(Inputs inputs) {
    return new InputBinding(this, services).bind(inputs);
  }

  /** Buffers that were not given back when the session closed; for tests. */
  long liveBuffersAtClose() {
    return services.liveBuffersAtClose();
  }

  /**
   * Says that the last run is over and that nobody waits for {@link #close}: with an experiment
   * store that is {@linkplain dev.reprise.store.StoreConfig#writtenAfterwards written afterwards},
   * close then takes up to twice as long as the session has, from 5 to 30 seconds, to keep there
   * what is worth it. A command tells its caller before it closes the session.
   *
   * @return false when somebody should wait: close has nothing of that kind to do, there is trouble
   *     that it will tell of, or it has other things to leave, such as a time line
   */
  public boolean closeAtLeisure() {
    services.requireOpen("Session.closeAtLeisure");
    return services.closeAtLeisure();
  }

  /**
   * Gives everything back. Runs and replays that are under way are cancelled and end with a {@link
   * java.util.concurrent.CancellationException}; this waits for them.
   *
   * @throws IllegalStateException when a run of this session calls it, on any of its threads, as
   *     from a {@link ProgressListener}; the session is as open then as before
   */
  @Override
  public void close() {
    services.close();
  }
}
