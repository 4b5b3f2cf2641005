package dev.reprise;

import dev.reprise.engine.ScriptCompiler;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The entry to the Java API.
 *
 * <pre>{@code
 * try (Session session = Reprise.session(SessionConfig.defaults())) {
 *   Script script = session.compile("B = solve(t(X) %*% X + diag(matrix(lambda, ncol(X), 1)), t(X) %*% y)",
 *       CompileOptions.inputs("X", "y", "lambda").outputs("B"));
 *   for (double lambda : new double[] {0.1, 1, 10}) {
 *     try (RunResult result = script.run(Inputs.of("X", cells).and("y", target).and("lambda", lambda))) {
 *       double[][] B = result.matrix("B");   // t(X) %*% X was computed once
 *     }
 *   }
 * }
 * }</pre>
 */
public final class Reprise {
  private Reprise() {}

  /**
   * Opens a session; the caller closes it. Memory and threads belong to the session.
   *
   * @param config its options
   * @return the session
   * @throws dev.reprise.runtime.ResourceException when a device, store or file that the options
   *     name cannot be had; nothing is left open then
   */
  public static Session session(SessionConfig config) {
    return new Session(config);
  }

  /**
   * Does what an earlier run of a script file left in the experiment store of these options, if
   * everything that it depended on is the same now, and a store in a folder can tell so without a
   * session; see {@link Session#recall(Path, CompileOptions)}.
   *
   * @param config options of the session that would run it
   * @param file the script
   * @param options what it would be compiled with
   * @return false when a session is needed
   * @throws IOException when the file cannot be read
   */
  public static boolean recall(SessionConfig config, Path file, CompileOptions options)
      throws IOException {
    return ScriptCompiler.recall(config, file, options);
  }

  /**
   * As the other, for a script given as text.
   *
   * @param config options of the session that would run it
   * @param text the script
   * @param options what it would be compiled with
   * @return false when a session is needed
   */
  public static boolean recall(SessionConfig config, String text, CompileOptions options) {
    return ScriptCompiler.recall(config, text, options);
  }
}
