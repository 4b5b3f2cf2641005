package dev.reprise.engine;

import dev.reprise.CompileOptions;
import dev.reprise.Numerics;
import dev.reprise.RunStatistics;
import dev.reprise.SessionConfig;
import dev.reprise.engine.call.Functions;
import dev.reprise.engine.recall.QuickRecall;
import dev.reprise.engine.recall.RunRepetition;
import dev.reprise.engine.resource.Environment;
import dev.reprise.formats.metrics.ScriptVersion;
import dev.reprise.language.CompileException;
import dev.reprise.language.Compiler;
import dev.reprise.language.ProgramVariables;
import dev.reprise.language.SourceFile;
import dev.reprise.language.SourceResolver;
import dev.reprise.language.optimize.Optimization;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** Compiles scripts for a session. Stateless. */
public final class ScriptCompiler {
  /** The name that messages give a script without a file. */
  private static final String INLINE = "<script>";

  private ScriptCompiler() {}

  public static ScriptRunner compile(SessionServices services, Path file, CompileOptions options)
      throws CompileException, IOException {
    SessionConfig config = services.config();
    Path resolved = config.workingDirectory().resolve(file);
    Path folder = resolved.toAbsolutePath().getParent();
    return compile(services, load(resolved, file.toString()), folder, options);
  }

  public static ScriptRunner compile(SessionServices services, String text, CompileOptions options)
      throws CompileException {
    return compile(
        services, new SourceFile(INLINE, text), services.config().workingDirectory(), options);
  }

  /**
   * Does what an earlier run of a script did that would do the same now: prints and writes.
   *
   * @return null when the script is to be compiled and run
   */
  public static RunStatistics recall(SessionServices services, Path file, CompileOptions options)
      throws IOException {
    if (services.stored() == null) {
      return null;
    }
    Path resolved = services.config().workingDirectory().resolve(file);
    Path folder = resolved.toAbsolutePath().getParent();
    return recall(services, load(resolved, file.toString()), folder, options);
  }

  /** As the other, for a script given as text. */
  public static RunStatistics recall(
      SessionServices services, String text, CompileOptions options) {
    return recall(
        services, new SourceFile(INLINE, text), services.config().workingDirectory(), options);
  }

  /**
   * Likewise, before there is a session: what can be told without one.
   *
   * @return false when the script may have to be compiled and run
   */
  public static boolean recall(SessionConfig config, Path file, CompileOptions options)
      throws IOException {
    if (config.store() == null) {
      return false;
    }
    Path resolved = config.workingDirectory().resolve(file);
    Path folder = resolved.toAbsolutePath().getParent();
    return recall(config, load(resolved, file.toString()), folder, options);
  }

  /** As the other, for a script given as text. */
  public static boolean recall(SessionConfig config, String text, CompileOptions options) {
    return config.store() != null
        && recall(config, new SourceFile(INLINE, text), config.workingDirectory(), options);
  }

  private static boolean recall(
      SessionConfig config, SourceFile source, Path folder, CompileOptions options) {
    return new QuickRecall(config, Environment::build, Environment.version())
        .recall(source, resolver(config, folder), options);
  }

  private static RunStatistics recall(
      SessionServices services, SourceFile source, Path folder, CompileOptions options) {
    SourceResolver files = resolver(services.config(), folder);
    RunRecall recall = RunRecall.of(services, source, files, options);
    return recall == null ? null : recall.recall(source.name());
  }

  /** Finds what a script sources that lies in a folder. */
  private static SourceResolver resolver(SessionConfig config, Path folder) {
    return new LibraryResolver(List.of(folder, config.workingDirectory()), config.library());
  }

  private static SourceFile load(Path file, String name) throws IOException {
    try {
      return new SourceFile(name, Files.readString(file, StandardCharsets.UTF_8));
    } catch (MalformedInputException e) {
      throw new IOException(name + " is not a text in UTF-8", e);
    } catch (NoSuchFileException e) {
      throw new IOException("there is no script " + name, e);
    }
  }

  /** What a session's options allow the optimiser. */
  static Optimization optimization(SessionConfig config, boolean on, boolean runsOnce) {
    return on
        ? new Optimization(
            true, config.numerics() == Numerics.EXACT, config.reuse().reuses(), runsOnce)
        : Optimization.off();
  }

  private static ScriptRunner compile(
      SessionServices services, SourceFile source, Path folder, CompileOptions options)
      throws CompileException {
    SourceResolver files = resolver(services.config(), folder);
    RunRecall recall = RunRecall.of(services, source, files, options);
    Compiler.Result result =
        Compiler.compile(
            source,
            options.arguments(),
            recall != null ? recall.sources() : files,
            new ProgramVariables(options.inputs(), options.outputs(), options.outputs()),
            optimization(services.config(), options.optimized(), options.runsOnce()));
    Functions functions = new Functions(result.program(), services.linker());
    ScriptVersion version =
        services.config().metrics() == null ? null : version(services.config(), source, options);
    return new ScriptRunner(services, functions, options, result.warnings(), recall, version);
  }

  /** Of two scripts that are given as text, none is what became of the other. */
  private static ScriptVersion version(
      SessionConfig config, SourceFile source, CompileOptions options) {
    SourceFile anyText = source.name().equals(INLINE) ? source : new SourceFile(source.name(), "");
    return new ScriptVersion(
        RunRepetition.key(config, anyText, options).toString(),
        RunRepetition.key(config, source, options).toString());
  }
}
