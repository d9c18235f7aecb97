// Prints every use of a type, method or field in an assembly, found with Mono.Cecil: CecilUses FILE FOLDER…
// A line a use: kind, token of the user, IL offset or "-", then the assembly and the token of what is used. References are resolved in the folders.
// Then "name", kind, token and simple name of every definition, and "string" with each string that IL loads (UTF-16, as base64).
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Mono.Cecil;
using Mono.Cecil.Cil;

var resolver = new DefaultAssemblyResolver();
foreach (var folder in resolver.GetSearchDirectories()) resolver.RemoveSearchDirectory(folder);
foreach (var folder in args.Skip(1)) resolver.AddSearchDirectory(folder);
using var module = ModuleDefinition.ReadModule(args[0], new ReaderParameters { AssemblyResolver = resolver });
using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false), 1 << 16);
new Uses(module, output).Write();

sealed class Uses(ModuleDefinition module, TextWriter output)
{
    readonly Dictionary<MemberReference, IMemberDefinition> resolved = new();

    readonly HashSet<string> strings = new();

    public void Write()
    {
        Attributes(module.Assembly, module.Assembly.MetadataToken);
        Attributes(module, module.MetadataToken);
        foreach (var type in module.GetTypes())
        {
            Attributes(type, type.MetadataToken);
            Inheritance(type);
            Parameters(type);
            foreach (var field in type.Fields) { Attributes(field, field.MetadataToken); Mentions(field.FieldType, field.MetadataToken); }
            foreach (var property in type.Properties) Attributes(property, property.MetadataToken);
            foreach (var item in type.Events) Attributes(item, item.MetadataToken);
            foreach (var method in type.Methods) Method(method);
            Implementations(type);
            Names(type);
        }
        foreach (var text in strings) output.WriteLine($"string\t{Convert.ToBase64String(System.Runtime.InteropServices.MemoryMarshal.AsBytes(text.AsSpan()))}");
    }

    void Names(TypeDefinition type)
    {
        void Name(string kind, MemberReference member) => output.WriteLine($"name\t{kind}\t{member.MetadataToken.ToInt32():x8}\t{member.Name}");
        Name("type", type);
        foreach (var method in type.Methods) Name("method", method);
        foreach (var field in type.Fields) Name("field", field);
        foreach (var property in type.Properties) Name("property", property);
        foreach (var item in type.Events) Name("event", item);
    }

    void Use(string kind, MetadataToken user, int? offset, IMemberDefinition used)
    {
        if (used == null) return;
        var owner = used as TypeDefinition ?? used.DeclaringType;
        output.WriteLine($"{kind}\t{user.ToInt32():x8}\t{(offset is int at ? at.ToString("x") : "-")}\t{owner.Module.Assembly.Name.Name}\t{used.MetadataToken.ToInt32():x8}");
    }

    IMemberDefinition Resolve(MemberReference reference)
    {
        if (reference == null) return null;
        if (reference is IMemberDefinition own) return own;
        if (!resolved.TryGetValue(reference, out var found))
            try { resolved[reference] = found = reference.Resolve(); } catch (AssemblyResolutionException) { resolved[reference] = found = null; }
        return found;
    }

    // The types that a type names: of `List<Bar>` the definition alone, or the arguments and elements alone.
    static IEnumerable<TypeReference> Named(TypeReference type, bool withDefinition)
    {
        switch (type)
        {
            case null: case GenericParameter: yield break;
            case GenericInstanceType instance:
                if (withDefinition) yield return instance.ElementType;
                foreach (var argument in instance.GenericArguments) foreach (var named in Named(argument, true)) yield return named;
                yield break;
            case FunctionPointerType pointer:
                foreach (var named in Named(pointer.ReturnType, true)) yield return named;
                foreach (var parameter in pointer.Parameters) foreach (var named in Named(parameter.ParameterType, true)) yield return named;
                yield break;
            case IModifierType modified:
                foreach (var named in Named(modified.ModifierType, true)) yield return named;
                foreach (var named in Named(modified.ElementType, true)) yield return named;
                yield break;
            case TypeSpecification specification:
                foreach (var named in Named(specification.ElementType, true)) yield return named;
                yield break;
            default:
                if (withDefinition) yield return type;
                yield break;
        }
    }

    void Mentions(TypeReference type, MetadataToken user, bool withDefinition = true, int? offset = null)
    {
        foreach (var named in Named(type, withDefinition)) Use("reference", user, offset, Resolve(named));
    }

    // An element type of a primitive kind is a shortcut in a signature, not a reference to its class.
    void Method(MethodDefinition method)
    {
        var token = method.MetadataToken;
        Attributes(method, token);
        Attributes(method.MethodReturnType, method.MethodReturnType.MetadataToken);
        Mentions(method.ReturnType, token);
        foreach (var parameter in method.Parameters) { Attributes(parameter, parameter.MetadataToken); Mentions(parameter.ParameterType, token); }
        Parameters(method);
        if (!method.HasBody) return;
        foreach (var variable in method.Body.Variables) Mentions(variable.VariableType, token);
        foreach (var handler in method.Body.ExceptionHandlers) Mentions(handler.CatchType, token);
        foreach (var instruction in method.Body.Instructions) Instruct(instruction, token);
    }

    void Instruct(Instruction instruction, MetadataToken user)
    {
        var (code, offset) = (instruction.OpCode.Code, instruction.Offset);
        switch (instruction.Operand)
        {
            case string text:
                strings.Add(text);
                break;
            case TypeReference type:
                var definition = type is GenericInstanceType instance ? instance.ElementType : type is TypeSpecification or GenericParameter ? null : type;
                Use(code == Code.Newarr ? "create" : "reference", user, offset, Resolve(definition));
                Mentions(type, user, false, offset);
                break;
            case MethodReference method:
                var kind = code switch
                {
                    Code.Newobj => "create",
                    Code.Ldftn or Code.Ldvirtftn or Code.Ldtoken => "address",
                    _ => "call",
                };
                var target = Resolve(method.GetElementMethod());
                Use(kind, user, offset, target);
                if (kind == "create") Use("create", user, offset, target?.DeclaringType);
                Mentions(method.DeclaringType, user, false, offset);
                if (method is GenericInstanceMethod generic) foreach (var argument in generic.GenericArguments) Mentions(argument, user, true, offset);
                break;
            case FieldReference field:
                var access = code switch
                {
                    Code.Ldfld or Code.Ldsfld => "read",
                    Code.Stfld or Code.Stsfld => "write",
                    _ => "address",
                };
                Use(access, user, offset, Resolve(field));
                Mentions(field.DeclaringType, user, false, offset);
                break;
        }
    }

    void Parameters(IGenericParameterProvider owner)
    {
        foreach (var parameter in owner.GenericParameters)
        {
            Attributes(parameter, parameter.MetadataToken);
            foreach (var constraint in parameter.Constraints) { Attributes(constraint, constraint.MetadataToken); Mentions(constraint.ConstraintType, owner.MetadataToken); }
        }
    }

    void Attributes(ICustomAttributeProvider owner, MetadataToken token)
    {
        if (!owner.HasCustomAttributes) return;
        foreach (var attribute in owner.CustomAttributes)
        {
            var constructor = Resolve(attribute.Constructor);
            Use("create", token, null, constructor);
            Use("create", token, null, constructor?.DeclaringType);
            foreach (var argument in attribute.ConstructorArguments) Argument(argument, token);
            foreach (var field in attribute.Fields) { Argument(field.Argument, token); Use("write", token, null, Member(constructor, type => type.Fields.FirstOrDefault(one => one.Name == field.Name))); }
            foreach (var property in attribute.Properties)
            {
                Argument(property.Argument, token);
                Use("call", token, null, Member(constructor, type => type.Properties.FirstOrDefault(one => one.Name == property.Name)?.SetMethod));
            }
        }
    }

    IMemberDefinition Member(IMemberDefinition constructor, Func<TypeDefinition, IMemberDefinition> find)
    {
        for (var type = constructor?.DeclaringType; type != null; type = Resolve(type.BaseType) as TypeDefinition)
            if (find(type) is IMemberDefinition found) return found;
        return null;
    }

    void Argument(CustomAttributeArgument argument, MetadataToken user)
    {
        switch (argument.Value)
        {
            case TypeReference type: Mentions(type, user); break;
            case CustomAttributeArgument boxed: Argument(boxed, user); break;
            case CustomAttributeArgument[] list: foreach (var item in list) Argument(item, user); break;
        }
    }

    void Inheritance(TypeDefinition type)
    {
        void Inherit(string kind, TypeReference parent)
        {
            if (parent == null) return;
            Use(kind, type.MetadataToken, null, Resolve(parent is GenericInstanceType instance ? instance.ElementType : parent));
            Mentions(parent, type.MetadataToken, false);
        }
        Inherit("extend", type.BaseType);
        foreach (var item in type.Interfaces) { Attributes(item, item.MetadataToken); Inherit("implement", item.InterfaceType); }
    }

    // A type as text, with the arguments of the type that declares it in place of its parameters.
    static string Text(TypeReference type, IReadOnlyList<string> arguments) => type switch
    {
        GenericParameter { Type: GenericParameterType.Type } parameter => parameter.Position < arguments.Count ? arguments[parameter.Position] : $"!{parameter.Position}",
        GenericParameter parameter => $"!!{parameter.Position}",
        GenericInstanceType instance => $"{instance.ElementType.FullName}<{string.Join(",", instance.GenericArguments.Select(one => Text(one, arguments)))}>",
        ByReferenceType reference => Text(reference.ElementType, arguments) + "&",
        PointerType pointer => Text(pointer.ElementType, arguments) + "*",
        ArrayType array => $"{Text(array.ElementType, arguments)}[{array.Rank}{(array.IsVector ? "v" : "")}]",
        FunctionPointerType pointer => $"method {Text(pointer.ReturnType, arguments)}({string.Join(",", pointer.Parameters.Select(one => Text(one.ParameterType, arguments)))})",
        IModifierType modified => $"{Text(modified.ElementType, arguments)} mod({modified.ModifierType.FullName})",
        _ => type.FullName,
    };

    static string Signature(MethodDefinition method, IReadOnlyList<string> arguments) =>
        $"{method.Name}`{method.GenericParameters.Count}({string.Join(",", method.Parameters.Select(one => Text(one.ParameterType, arguments)))}){Text(method.ReturnType, arguments)}";

    static string[] Arguments(TypeReference type, IReadOnlyList<string> context) =>
        type is GenericInstanceType instance ? instance.GenericArguments.Select(one => Text(one, context)).ToArray() : [];

    static string[] Own(TypeDefinition type) => type.GenericParameters.Select((_, index) => $"!{index}").ToArray();

    void Implementations(TypeDefinition type)
    {
        foreach (var method in type.Methods)
        {
            foreach (var declared in method.Overrides)
                if (Resolve(declared.GetElementMethod()) is MethodDefinition declaration)
                    Use(declaration.DeclaringType.IsInterface ? "implement" : "override", method.MetadataToken, null, declaration);
            if (method.IsVirtual && !method.IsNewSlot && !type.IsInterface) Overridden(type, method);
        }
        foreach (var item in type.Interfaces)
        {
            if (type.IsInterface || Resolve(item.InterfaceType is GenericInstanceType instance ? instance.ElementType : item.InterfaceType) is not TypeDefinition definition) continue;
            foreach (var declaration in definition.Methods.Where(one => one.IsVirtual && !one.IsStatic)) Implementation(type, declaration, Arguments(item.InterfaceType, Own(type)));
        }
    }

    void Overridden(TypeDefinition type, MethodDefinition method)
    {
        var wanted = Signature(method, Own(type));
        IReadOnlyList<string> arguments = Own(type);
        for (TypeReference parent = type.BaseType; parent != null;)
        {
            if (Resolve(parent is GenericInstanceType instance ? instance.ElementType : parent) is not TypeDefinition definition) return;
            arguments = Arguments(parent, arguments);
            var context = arguments;
            if (definition.Methods.FirstOrDefault(one => one.IsVirtual && Signature(one, context) == wanted) is MethodDefinition found)
            {
                Use("override", method.MetadataToken, null, found);
                if (found.IsNewSlot) return;
            }
            parent = definition.BaseType;
        }
    }

    // The method that implements by its name and signature, in the type or the nearest base; one of this module alone is a use here.
    void Implementation(TypeDefinition type, MethodDefinition declaration, IReadOnlyList<string> interfaceArguments)
    {
        if (type.Methods.Any(one => one.Overrides.Any(declared => Resolve(declared.GetElementMethod()) == declaration))) return;
        var wanted = Signature(declaration, interfaceArguments);
        IReadOnlyList<string> arguments = Own(type);
        for (var definition = type; definition != null;)
        {
            var context = arguments;
            if (definition.Methods.FirstOrDefault(one => one.IsVirtual && !one.IsStatic && one.IsPublic && Signature(one, context) == wanted) is MethodDefinition found)
            {
                if (found.Module == module) Use("implement", found.MetadataToken, null, declaration);
                return;
            }
            var parent = definition.BaseType;
            arguments = Arguments(parent, arguments);
            definition = Resolve(parent is GenericInstanceType instance ? instance.ElementType : parent) as TypeDefinition;
        }
    }
}
