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
   * @param file the script
   * @param options what it is compiled with
   * @return a script that runs in this session
   * @throws CompileException with every mistake that was found
   * @throws IOException when the file cannot be read
   * @throws IllegalStateException when the session is closed
   */
  public Script compile(Path file, CompileOptions options) throws CompileException, IOException {
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(options, "options");
    services.requireOpen("Session.compile");
    return new Script(ScriptCompiler.compile(services, file, options), this);
  }

  /**
   * Compiles a script given as text.
   *
   * @param text the script
   * @param options what it is compiled with
   * @return a script that runs in this session
   * @throws CompileException with every mistake that was found
   * @throws IllegalStateException when the session is closed
   */
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
   * @param file the script
   * @param options what it would be compiled with
   * @return null when the script is to be compiled and run
   * @throws IOException when the file cannot be read
   * @throws IllegalStateException when the session is closed
   */
  public RunStatistics recall(Path file, CompileOptions options) throws IOException {
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(options, "options");
    services.requireOpen("Session.recall");
    return ScriptCompiler.recall(services, file, options);
  }

  /**
   * As the other, for a script given as text.
   *
   * @param text the script
   * @param options what it would be compiled with
   * @return null when the script is to be compiled and run
   * @throws IllegalStateException when the session is closed
   */
  public RunStatistics recall(String text, CompileOptions options) {
    Objects.requireNonNull(text, "text");
    Objects.requireNonNull(options, "options");
    services.requireOpen("Session.recall");
    return ScriptCompiler.recall(services, text, options);
  }

  /**
   * A conversation: inputs that share variables.
   *
   * @return the conversation, which the caller closes before the session
   * @throws IllegalStateException when the session is closed
   */
  public Workspace workspace() {
    services.requireOpen("Session.workspace");
    return new Workspace(new Conversation(services));
  }

  /**
   * A matrix identified by its content, copied and hashed once.
   *
   * @param rows of cells, equally long
   * @return the matrix, which the caller closes before the session
   * @throws IllegalArgumentException when the rows make no matrix
   * @throws dev.reprise.runtime.ResourceException when there is no memory for it
   * @throws IllegalStateException when the session is closed
   */
  public Matrix matrix(double[][] rows) {
    return matrix(rows, null);
  }

  /**
   * A matrix identified by a name that the caller chooses. Saves hashing large inputs.
   *
   * @param rows of cells, equally long; copied
   * @param version two matrices of the same one must have the same content; null to identify it by
   *     its content
   * @return the matrix, which the caller closes before the session
   * @throws IllegalArgumentException when the rows make no matrix
   * @throws dev.reprise.runtime.ResourceException when there is no memory for it
   * @throws IllegalStateException when the session is closed
   */
  public Matrix matrix(double[][] rows, String version) {
    Binding.Bound bound =
        whileOpen("Session.matrix", () -> Binding.matrix(services, rows, version));
    return new Matrix(bound.value(), bound.item(), this);
  }

  /**
   * Recomputes the value that a trace describes and writes it.
   *
   * @param trace the lineage file
   * @param output the file to write
   * @param format file format, or null for that of the file name
   * @throws IOException when a file cannot be read or written
   * @throws dev.reprise.runtime.OperandException when the trace is damaged, or its inputs have
   *     changed or are gone
   * @throws IllegalStateException when the session is closed
   */
  public void replay(Path trace, Path output, String format) throws IOException {
    replay(ReplayRequest.of(trace).withOutput(output, format));
  }

  /**
   * Recomputes an item of a trace, and writes, compares or shows it.
   *
   * @param request what is replayed, and what is done with it
   * @return the value as text, or how it compares
   * @throws IOException when a file cannot be read or written
   * @throws dev.reprise.runtime.OperandException when the trace is damaged, the item is not in it,
   *     or its inputs have changed, are gone, or were bound by the program
   * @throws IllegalStateException when the session is closed
   */
  public ReplayResult replay(ReplayRequest request) throws IOException {
    Objects.requireNonNull(request, "request");
    services.requireOpen("Session.replay");
    return new Replayer(services.sources()).replay(request);
  }

  /**
   * Looks for accelerators, whatever the session uses; loads their drivers.
   *
   * @return what was found
   * @throws IllegalStateException when the session is closed
   */
  public DeviceReport accelerators() {
    services.requireOpen("Session.accelerators");
    return SessionServices.findAccelerators();
  }

  /**
   * Times of operations that earlier sessions have left; {@code auto} starts from them.
   *
   * @return how many (averages by opcode and size), by the name of the device
   * @throws IllegalStateException when the session is closed
   */
  public Map<String, Integer> calibrated() {
    services.requireOpen("Session.calibrated");
    return services.calibrated();
  }

  /**
   * Notes about devices and libraries that a report should show.
   *
   * @return sentences
   * @throws IllegalStateException when the session is closed
   */
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
   * @throws IllegalStateException when the session is closed
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
