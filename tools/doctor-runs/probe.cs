// Does one thing in the folder of a deployment and prints one line: OK, or the exception and its HRESULT.
using System;
using System.IO;
using System.Linq;
using System.Reflection;

try
{
    var path = Path.Combine(AppContext.BaseDirectory, args[1]);
    switch (args[0])
    {
        case "load":
            Assembly.LoadFrom(path);
            break;
        // Every assembly that one refers to, as the binder of the program finds it.
        case "reference":
            foreach (var name in Assembly.LoadFrom(path).GetReferencedAssemblies()) Assembly.Load(name);
            break;
        case "types":
            var module = Assembly.LoadFrom(path).ManifestModule;
            for (var token = 0x01000001; ; token++)
            {
                try { module.ResolveType(token); }
                catch (ArgumentOutOfRangeException) { break; }
            }
            break;
        // The P/Invokes of an assembly.
        case "call":
            foreach (var method in Assembly.LoadFrom(path).GetTypes().SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public)))
                if (method.Attributes.HasFlag(MethodAttributes.PinvokeImpl)) method.Invoke(null, null);
            break;
        case "native":
            System.Runtime.InteropServices.NativeLibrary.Load(path);
            break;
        case "bytes":
            Assembly.Load(File.ReadAllBytes(path));
            break;
        case "collectible":
            new System.Runtime.Loader.AssemblyLoadContext("probe", true).LoadFromAssemblyPath(path);
            break;
    }
    Console.WriteLine("OK");
}
catch (Exception error)
{
    while (error is TargetInvocationException && error.InnerException != null) error = error.InnerException;
    Console.WriteLine($"EX {error.GetType().FullName} {(uint)error.HResult} {error.Message.ReplaceLineEndings(" ")}");
}
