package dev.reprise.runtime.gpu.opencl;

import static org.jocl.CL.CL_PROGRAM_BUILD_LOG;
import static org.jocl.CL.clBuildProgram;
import static org.jocl.CL.clCreateKernel;
import static org.jocl.CL.clCreateProgramWithSource;
import static org.jocl.CL.clGetProgramBuildInfo;
import static org.jocl.CL.clReleaseKernel;
import static org.jocl.CL.clReleaseProgram;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.accelerator.DeviceException;
import dev.reprise.runtime.gpu.GeneratedKernels;
import dev.reprise.runtime.gpu.KernelSources;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.cl_device_id;
import org.jocl.cl_kernel;
import org.jocl.cl_program;

/**
 * The kernels of one session, made when first needed from the programs of its device's context.
 * Confined to the worker.
 */
final class OpenClPrograms {
  /** Programs made at run time that are kept. */
  private static final int MOST_GENERATED = 256;

  private final DeviceContext context;
  private final DeviceFacts facts;

  /** Of files; they stay for other sessions until the context is closed. */
  private final Map<String, cl_program> programs = new HashMap<>();

  private final Map<String, cl_kernel> kernels = new HashMap<>();

  /** Programs that the driver does not compile: what needs them runs on the processor. */
  private final Map<String, DeviceException> broken = new HashMap<>();

  /** The one used longest ago first. */
  private final Map<Made, Generated> generated = new LinkedHashMap<>(16, 0.75f, true);

  OpenClPrograms(DeviceContext context, DeviceFacts facts) {
    this.context = context;
    this.facts = facts;
  }

  /** A kernel by {@code file/name}. */
  cl_kernel kernel(String path, Precision precision) {
    String key = precision == Precision.FP64 ? path : path + " fp32";
    cl_kernel known = kernels.get(key);
    if (known == null) {
      int slash = path.indexOf('/');
      cl_program program = program(path.substring(0, slash), precision);
      known = clCreateKernel(program, path.substring(slash + 1), null);
      kernels.put(key, known);
    }
    return known;
  }

  /** A kernel object of its own for its owner to release; the program lives as long as it. */
  cl_kernel newKernel(String path, Precision precision) {
    int slash = path.indexOf('/');
    return clCreateKernel(
        program(path.substring(0, slash), precision), path.substring(slash + 1), null);
  }

  /** As the other, of a program that was made at run time. */
  cl_kernel newKernel(GeneratedKernels made, String name, Precision precision) {
    kernel(made, name, precision);
    return clCreateKernel(generated.get(new Made(made, precision)).held().program(), name, null);
  }

  /** A kernel that was made at run time; those not used for long are forgotten. */
  cl_kernel kernel(GeneratedKernels made, String name, Precision precision) {
    Made key = new Made(made, precision);
    Generated program = generated.get(key);
    if (program == null) {
      program = built(KernelSources.prelude("opencl", precision) + made.text());
      generated.put(key, program);
      forgetOldest();
    }
    if (program.failure() != null) {
      throw program.failure();
    }
    cl_program source = program.held().program();
    return program.kernels().computeIfAbsent(name, each -> clCreateKernel(source, each, null));
  }

  private Generated built(String text) {
    try {
      String file = "of a fused expression";
      SharedPrograms.Held held = context.programs().hold(source(text), () -> build(file, text));
      return new Generated(held, new HashMap<>(), null);
    } catch (DeviceException e) {
      return new Generated(null, Map.of(), e);
    }
  }

  /** A kernel that launches still use stays with the driver until they end. */
  private void forgetOldest() {
    if (generated.size() > MOST_GENERATED) {
      Iterator<Generated> oldest = generated.values().iterator();
      release(oldest.next());
      oldest.remove();
    }
  }

  private record Made(GeneratedKernels kernels, Precision precision) {}

  /** A program, or why there is none. */
  private record Generated(
      SharedPrograms.Held held, Map<String, cl_kernel> kernels, DeviceException failure) {}

  private void release(Generated program) {
    program.kernels().values().forEach(kernel -> clReleaseKernel(kernel));
    if (program.held() != null) {
      context.programs().giveBack(program.held());
    }
  }

  private cl_program program(String file, Precision precision) {
    String key = file + " " + precision;
    DeviceException before = broken.get(key);
    if (before != null) {
      throw before;
    }
    try {
      return programs.computeIfAbsent(key, _ -> kept(file, precision));
    } catch (DeviceException e) {
      broken.put(key, e);
      throw e;
    }
  }

  private cl_program kept(String file, Precision precision) {
    String text = KernelSources.program("opencl", file, precision);
    return context.programs().keep(source(text), () -> build(file, text));
  }

  private SharedPrograms.Source source(String text) {
    return new SharedPrograms.Source(text, options());
  }

  private cl_program build(String file, String source) {
    cl_program program =
        clCreateProgramWithSource(context.context(), 1, new String[] {source}, null, null);
    try {
      clBuildProgram(program, 0, null, options(), null, null);
      return program;
    } catch (CLException e) {
      String log = log(program);
      clReleaseProgram(program);
      throw new DeviceException(
          facts.info().name()
              + " cannot compile the kernels '"
              + file
              + "': "
              + e.getMessage()
              + "\n"
              + log,
          false);
    }
  }

  private String options() {
    return facts.info().isProcessor() ? "-cl-std=CL1.2 -w -DPROCESSOR" : "-cl-std=CL1.2 -w";
  }

  private String log(cl_program program) {
    cl_device_id device = facts.device();
    long[] size = new long[1];
    clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, 0, null, size);
    byte[] bytes = new byte[(int) size[0]];
    clGetProgramBuildInfo(
        program, device, CL_PROGRAM_BUILD_LOG, bytes.length, Pointer.to(bytes), null);
    return new String(bytes, StandardCharsets.UTF_8).strip();
  }

  void close() {
    kernels.values().forEach(kernel -> clReleaseKernel(kernel));
    generated.values().forEach(this::release);
    generated.clear();
    kernels.clear();
    programs.clear();
  }
}
