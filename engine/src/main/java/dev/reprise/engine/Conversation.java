package dev.reprise.engine;

import dev.reprise.RunStatistics;
import dev.reprise.engine.call.Functions;
import dev.reprise.engine.control.Run;
import dev.reprise.engine.recall.RunJournal;
import dev.reprise.engine.seed.InputSeeds;
import dev.reprise.engine.seed.ThreadSeeds;
import dev.reprise.engine.thread.OpenRuns;
import dev.reprise.engine.value.Describe;
import dev.reprise.language.CompileException;
import dev.reprise.language.Compiler;
import dev.reprise.language.Diagnostic;
import dev.reprise.language.SourceFile;
import dev.reprise.language.SourceResolver;
import dev.reprise.language.syntax.InputPieces;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;

/**
 * Scripts that follow one another and share variables, functions and name spaces: what a person
 * types line by line. Each input is compiled for itself, with the variables of the earlier ones
 * bound. For one thread at a time, but for {@link #endInput}.
 */
public final class Conversation implements AutoCloseable {
  private final SessionServices services;
  private final LibraryResolver files;
  private final Map<String, Variable> variables = new TreeMap<>();
  private final Map<String, SourceFile> definitions = new LinkedHashMap<>();
  private final Set<String> sources = new LinkedHashSet<>();
  private final InputSeeds seeds;

  private final Object lock = new Object();
  private OpenRuns.Entry running; // guarded by lock; null while no input runs
  private boolean ended; // guarded by lock

  /** A value with the reference that the conversation owns, and its item when one is traced. */
  public record Variable(Value value, LineageItem item) {

    /** Type and shape in a few words. */
    public String description() {
      return Describe.value(value);
    }
  }

  /**
   * One finished input.
   *
   * @param warnings what the compiler found worth saying
   */
  public record Answer(RunStatistics statistics, List<Diagnostic> warnings) {}

  public Conversation(SessionServices services) {
    this.services = services;
    this.seeds = new InputSeeds(() -> services.config().seed().orElseGet(ThreadSeeds::newBase));
    this.files =
        new LibraryResolver(
            List.of(services.config().workingDirectory().toAbsolutePath()),
            services.config().library());
  }

  /** An input that compiles and has not run yet. */
  public final class Input {
    private final InputPieces pieces;
    private final SourceFile file;
    private final Compiler.Result compiled;

    private Input(String name, String text) throws CompileException {
      this.pieces = InputPieces.of(text);
      this.file = new SourceFile(name, withSources(text, sources, pieces));
      Set<String> kept = new TreeSet<>(variables.keySet());
      kept.addAll(pieces.names());
      this.compiled =
          Compiler.compile(
              file,
              Map.of(),
              new Resolver(),
              Set.copyOf(variables.keySet()),
              kept,
              ScriptCompiler.optimization(services.config(), true, false));
    }

    /** Blocks and instructions. */
    public String explain() {
      return functions().explain();
    }

    private Functions functions() {
      return new Functions(compiled.program(), services.linkerOfConversations());
    }

    /**
     * Runs the input; its functions and name spaces are known from then on.
     *
     * @throws dev.reprise.ScriptException when it fails; variables keep what it assigned before
     * @throws IllegalStateException when the session is closed
     * @throws CancellationException when it was ended ({@link #endInput})
     */
    public Answer run() {
      try (OpenRuns.Entry open = services.runs().begin("Workspace.run")) {
        begins(open);
        return run(open);
      } finally {
        begins(null);
      }
    }

    private Answer run(OpenRuns.Entry open) {
      sources.addAll(pieces.sources());
      pieces
          .definitions()
          .forEach((name, text) ->
              definitions.put(name, new SourceFile(file.name(), withSources(text, sources, null))));
      Functions functions = functions();
      Run run = services.run(open, functions::find, new RunJournal(false, false));
      RunStatistics statistics =
          new ConversationRun(services, run, functions, variables, seeds).execute();
      return new Answer(statistics, compiled.warnings());
    }
  }

  /**
   * Makes sure that the session can be used.
   *
   * @param call of the API, as messages name it
   * @throws IllegalStateException when the session is closed
   */
  public void requireOpen(String call) {
    services.requireOpen(call);
  }

  /**
   * Compiles an input.
   *
   * @param name what messages call it
   * @throws CompileException with all its mistakes; nothing has changed then
   */
  public Input compile(String name, String text) throws CompileException {
    return new Input(name, text);
  }

  /** Sourced files of earlier inputs are sourced again behind the text: no position changes. */
  private static String withSources(String text, Set<String> sources, InputPieces own) {
    StringBuilder whole = new StringBuilder(text);
    for (String source : sources) {
      if (own == null || !own.sources().contains(source)) {
        whole.append('\n').append(source);
      }
    }
    return whole.toString();
  }

  /** The variables by name; borrowed until the next input. */
  public Map<String, Variable> variables() {
    return java.util.Collections.unmodifiableMap(variables);
  }

  /** Functions defined so far. */
  public List<String> functions() {
    return new ArrayList<>(definitions.keySet());
  }

  /** Names of library functions that an input may call. */
  public Set<String> libraryFunctions() {
    return files.libraryFunctions();
  }

  /** Forgets a variable or function; false when there is none of that name. */
  public boolean forget(String name) {
    Variable variable = variables.remove(name);
    if (variable != null) {
      variable.value().release();
    }
    return definitions.remove(name) != null || variable != null;
  }

  /** Forgets everything; what the session has cached stays. */
  public void forgetAll() {
    variables.values().forEach(variable -> variable.value().release());
    variables.clear();
    definitions.clear();
    sources.clear();
  }

  private void begins(OpenRuns.Entry input) {
    synchronized (lock) {
      if (ended && input != null) {
        throw new CancellationException("cancelled");
      }
      running = input;
    }
  }

  /**
   * Cancels the input that runs, which ends at its next safe point, and all that would come after
   * it; for any thread.
   *
   * @return false, and nothing has happened, on a thread that works for the input
   */
  public boolean endInput() {
    synchronized (lock) {
      if (running != null && running.isWorkOf(Thread.currentThread())) {
        return false;
      }
      ended = true;
      if (running != null) {
        running.cancel();
      }
      return true;
    }
  }

  @Override
  public void close() {
    forgetAll();
  }

  /** Finds the functions of earlier inputs beside the usual files. */
  private final class Resolver implements SourceResolver {
    @Override
    public Optional<SourceFile> definition(String functionName) {
      return Optional.ofNullable(definitions.get(functionName));
    }

    @Override
    public Optional<SourceFile> library(String functionName) {
      return files.library(functionName);
    }

    @Override
    public Optional<SourceFile> source(String path, SourceFile from) {
      return files.source(path, from);
    }

    @Override
    public Set<String> libraryFunctions() {
      Set<String> names = new TreeSet<>(files.libraryFunctions());
      names.addAll(definitions.keySet());
      return names;
    }

    @Override
    public Set<String> librarySources() {
      return files.librarySources();
    }
  }
}
