package dev.reprise.ci;

import static org.assertj.core.api.Assertions.assertThat;

import com.dynatrace.hash4j.hashing.Hashing;
import dev.reprise.Reprise;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Operation;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every public type of the Java API, every type of ours that its signatures name, and every type of
 * values and operations, says what it is, and every public method what it takes, returns and
 * throws.
 */
class JavadocTest {
  private static final Path ROOT = ScriptOutput.projectRoot();

  /** Thrown by methods of the API that do not declare it. */
  private static final List<Class<?>> UNDECLARED =
      List.of(OperandException.class, ResourceException.class);

  @TempDir private Path classes;

  @Test
  void theApiSaysAllThatACallerNeeds() throws IOException, ReflectiveOperationException {
    List<String> sources = new ArrayList<>();
    for (Class<?> type : typesOfTheApi()) {
      sources.add(source(type).toString());
    }
    assertThat(sources).hasSizeGreaterThan(80);
    assertThat(findings(sources)).isEmpty();
  }

  /** A check that finds nothing may look at nothing. */
  @Test
  void aMethodThatSaysNothingIsFound() throws IOException {
    Path silent = classes.resolve("Silent.java");
    Files.writeString(
        silent,
        """
        /** Says what it is. */
        public class Silent {
          private Silent() {}

          /** Says what it does, but not of what. */
          public static void act(int number) {}
        }
        """);
    assertThat(findings(List.of(silent.toString()))).contains("no @param for number");
  }

  /** What the compiler says of comments, nothing when all is well. */
  private String findings(List<String> sources) throws IOException {
    List<String> options =
        List.of(
            "-Xdoclint:all/protected",
            "-Xlint:none",
            "-proc:none",
            "-implicit:none",
            "-d",
            classes.toString(),
            "-cp",
            classPath());
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter findings = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      boolean isCompiled =
          compiler
              .getTask(
                  findings,
                  files,
                  null,
                  options,
                  null,
                  files.getJavaFileObjectsFromStrings(sources))
              .call();
      assertThat(isCompiled).as(findings.toString()).isTrue();
    }
    return findings.toString();
  }

  /** Classes of all modules, and of the one library that their public sources name. */
  private static String classPath() throws IOException {
    try (Stream<Path> modules = Files.list(ROOT)) {
      Stream<Path> ours = modules.map(module -> module.resolve("target/classes"));
      return Stream.concat(ours.filter(Files::isDirectory), Stream.of(place(Hashing.class)))
          .map(Path::toString)
          .collect(Collectors.joining(File.pathSeparator));
    }
  }

  private static Path place(Class<?> type) {
    return Path.of(URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString()));
  }

  private static Set<Class<?>> typesOfTheApi() throws IOException, ReflectiveOperationException {
    Set<Class<?>> types = new TreeSet<>(Comparator.comparing(Class::getName));
    types.addAll(UNDECLARED);
    for (Class<?> type : neighbours(Reprise.class)) {
      addApi(type, types);
    }
    for (Class<?> vocabulary : List.of(Value.class, Operation.class)) {
      for (Class<?> type : neighbours(vocabulary)) {
        addOurs(types, type);
      }
    }
    return types;
  }

  /** The classes of a package, those within others left out. */
  private static List<Class<?>> neighbours(Class<?> type)
      throws IOException, ReflectiveOperationException {
    List<Class<?>> neighbours = new ArrayList<>();
    try (Stream<Path> files = Files.list(source(type).getParent())) {
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith(".java") && !name.equals("package-info.java")) {
          String simpleName = name.replace(".java", "");
          neighbours.add(Class.forName(type.getPackageName() + "." + simpleName));
        }
      }
    }
    return neighbours;
  }

  /** A public type, those within it, and what their public signatures name. */
  private static void addApi(Class<?> type, Set<Class<?>> types) {
    if (!Modifier.isPublic(type.getModifiers())) {
      return;
    }
    types.add(outermost(type));
    List<Executable> members = new ArrayList<>(List.of(type.getConstructors()));
    members.addAll(List.of(type.getMethods()));
    for (Executable member : members) {
      addOurs(types, member.getGenericParameterTypes());
      addOurs(types, member.getExceptionTypes());
      if (member instanceof Method method) {
        addOurs(types, method.getGenericReturnType());
      }
    }
    for (Class<?> inner : type.getDeclaredClasses()) {
      addApi(inner, types);
    }
  }

  private static void addOurs(Set<Class<?>> types, Type... named) {
    for (Type type : named) {
      if (type instanceof ParameterizedType generic) {
        addOurs(types, generic.getActualTypeArguments());
      } else if (type instanceof Class<?> plain
          && plain.getName().startsWith("dev.reprise.")
          && Modifier.isPublic(plain.getModifiers())) {
        types.add(outermost(plain));
      }
    }
  }

  private static Class<?> outermost(Class<?> type) {
    return type.getNestHost();
  }

  private static Path source(Class<?> type) throws IOException {
    String file = "src/main/java/" + type.getName().replace('.', '/') + ".java";
    try (Stream<Path> modules = Files.list(ROOT)) {
      return modules
          .map(module -> module.resolve(file))
          .filter(Files::exists)
          .findFirst()
          .orElseThrow(() -> new AssertionError("no source of " + type));
    }
  }
}
